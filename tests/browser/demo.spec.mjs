// `muster serve --demo`: a visitor chooses whom to be, is somebody else, and removes it all. With and without script.

import { complaints, expect, expectAccessible, expectNoSidewaysScroll, test } from './support.mjs';

const WIDE = { width: 1280, height: 800 };

test.use({ serveArgs: ['--demo'] });

const ROLES = [
  ['Lena Okafor', 'leader', ['Readiness', 'Services', 'Tests', 'Rounds', 'Members']],
  ['Ada Brown', 'engineer', ['Readiness', 'Services', 'Members']],
  ['Grace Mbeki', 'reader', ['Readiness', 'Services', 'Members']],
];

async function expectGood(page) {
  await page.setViewportSize(WIDE);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize(WIDE);
}

test('the first address leads to the choice, and every main page shows something to whoever one is', async ({ page }) => {
  test.slow();
  const heard = complaints(page);
  await page.goto('/');
  await expect(page).toHaveURL(/\/demo$/);
  await expect(page.getByRole('button', { name: /^Be / })).toHaveCount(15);
  await expectGood(page);

  for (const [name, role, sections] of ROLES) {
    await page.getByRole('button', { name: `Be ${name}` }).click();
    const banner = page.getByRole('complementary', { name: 'About the demo' });
    await expect(banner).toContainText(`You are ${name}, ${role}.`);
    await expect(page.locator('main .empty')).toHaveCount(0);
    for (const section of sections) {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: section }).click();
      await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: section })).toHaveAttribute('aria-current', 'page');
      await expect(page.locator('main .empty'), `${section} of the ${role}`).toHaveCount(0);
      await expectNoSidewaysScroll(page);
      await page.setViewportSize(WIDE);
    }
    await banner.getByRole('link', { name: 'Be somebody else' }).click();
    await expect(page).toHaveURL(/\/demo$/);
  }
  expect(heard).toEqual([]);
});

test('somebody in the middle of a test goes on with it', async ({ page }) => {
  await page.goto('/demo');
  await page.getByRole('button', { name: 'Be João Pereira' }).click();
  await page.locator('main a[href^="/attempts/"]').first().click();
  await expect(page.getByRole('complementary', { name: 'About the demo' })).toContainText('You are João Pereira.');
  await expect(page.getByText(/min left/).first()).toBeVisible();
  await expectGood(page);
});

test.describe('without a script, on a phone', () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });

  test('one chooses, is somebody else, and removes it all', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: 'Be Emeka Obi' }).click();
    await expect(page).toHaveURL(/\/circles\/demo$/);
    await page.getByRole('link', { name: 'Be somebody else' }).click();
    await page.getByRole('button', { name: 'Be Lena Okafor' }).click();
    await page.getByRole('link', { name: 'Remove the demo' }).click();
    await expect(page.getByRole('heading', { name: 'Remove the demo?' })).toBeVisible();
    await expect(page.getByRole('listitem').filter({ hasText: '16 made-up people' })).toBeVisible();
    await expectNoSidewaysScroll(page);
    await page.getByRole('link', { name: 'Keep it' }).click();
    await page.getByRole('link', { name: 'Remove the demo' }).last().click();
    await page.getByRole('button', { name: 'Remove the demo' }).click();

    await expect(page.getByRole('status')).toContainText('The demo circle is removed');
    await expect(page.getByRole('heading', { name: 'Welcome to Muster' })).toBeVisible();
    expect((await page.goto('/demo')).status()).toBe(404);
    await page.goto('/');
    await page.getByRole('button', { name: 'Look around in the demo circle' }).click();
    await expect(page.getByRole('heading', { name: 'Whom would you like to be?' })).toBeVisible();
  });
});

test('what would be removed can be read by everyone', async ({ page }) => {
  await page.goto('/demo/remove');
  await expectGood(page);
});
