// The first page of a muster that nobody has set up: it stands, it is quiet, and everybody can read it.

import { complaints, expect, expectAccessible, expectNoSidewaysScroll, test } from './support.mjs';

test('the first page can be read by everybody', async ({ page }) => {
  const heard = complaints(page);
  const response = await page.goto('/');
  expect(response.status()).toBe(200);
  await expect(page.locator('h1')).toHaveCount(1);
  await expectAccessible(page);
  expect(heard).toEqual([]);
});

test('the first page fits a narrow screen', async ({ page }) => {
  await page.goto('/');
  await expectNoSidewaysScroll(page);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the first page stands and fits a narrow screen', async ({ page }) => {
    const response = await page.goto('/');
    expect(response.status()).toBe(200);
    await expect(page.locator('h1')).toHaveCount(1);
    await expectNoSidewaysScroll(page);
  });
});

test('a muster that nobody has set up says its set-up token', async ({ muster }) => {
  expect(muster.token).toMatch(/\S{8,}/);
});

test('muster stands where it stood after a restart', async ({ muster, page }) => {
  const before = muster.url;
  await muster.stop();
  await muster.start();
  expect(muster.url).toBe(before);
  expect((await page.goto('/')).status()).toBe(200);
});
