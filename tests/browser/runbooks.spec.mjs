// Three in the morning on a phone without a script, from a search with a typing error; and by day a page that is
// written as a draft, seen, saved and compared.

import { complaints, expect, expectAccessible, expectNoSidewaysScroll, test } from './support.mjs';

const PHONE = { width: 390, height: 844 };

test.use({ serveArgs: ['--demo'] });

async function be(page, name) {
  await page.goto('/demo');
  await page.getByRole('button', { name: `Be ${name}` }).click();
}

test.describe('at night, on a phone, without a script', () => {
  test.use({ javaScriptEnabled: false, viewport: PHONE });

  test('a badly typed alert leads to what to do and whom to call, on one small page', async ({ page }) => {
    await be(page, 'Ada Brown');
    let bytes = 0;
    await page.goto('/alerts');
    await page.getByRole('searchbox').fill('postgres replicaton lgag');
    await page.getByRole('button', { name: 'Find' }).click();
    await expectNoSidewaysScroll(page);
    await page.setViewportSize(PHONE);
    page.on('response', async (response) => {
      const sizes = await response.request().sizes();
      bytes += sizes.responseBodySize;
    });
    await page.getByRole('link', { name: 'PostgresReplicationLagHigh' }).click();

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('PostgresReplicationLagHigh');
    await expect(page.getByRole('heading', { name: 'What to do' })).toBeVisible();
    const call = page.getByRole('region', { name: 'Stop and call' }).getByRole('link', { name: /^\+44/ }).first();
    await expect(call).toHaveAttribute('href', /^tel:\+44/);
    await expect(page.getByRole('button', { name: 'Copy' })).toHaveCount(0);
    await page.waitForLoadState('networkidle');
    expect(bytes).toBeLessThan(30 * 1024);
    const text = await page.locator('.prose p').first().evaluate((p) => parseFloat(getComputedStyle(p).fontSize));
    expect(text).toBeGreaterThanOrEqual(16);
    await expectNoSidewaysScroll(page);

    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'It was right' }).click();
    await expect(page.getByText('the next one at night has it easier')).toBeVisible();
  });
});

test('with a script a command is copied with one tap, and only what was typed of it', async ({ page, context }) => {
  const heard = complaints(page);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.setViewportSize(PHONE);
  await be(page, 'Ada Brown');
  await page.goto('/alerts/KubePodCrashLooping');
  await expectAccessible(page);
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: 'Copy' }).first().click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    'kubectl -n NAMESPACE describe pod POD\nkubectl -n NAMESPACE logs POD --previous',
  );
  expect(heard).toEqual([]);
});

test('an engineer writes: the draft saves itself, is seen with its difference, and becomes a version', async ({ page }) => {
  const heard = complaints(page);
  await be(page, 'Ada Brown');
  await page.goto('/alerts/PostgresCommitsWaiting');
  await page.getByRole('link', { name: 'Orders database' }).click();
  await page.getByRole('link', { name: 'Edit' }).click();
  const desk = page.viewportSize();
  await expectNoSidewaysScroll(page);
  const field = page.getByLabel('The page');
  await expect(field).toBeVisible();
  await page.setViewportSize(desk);
  const text = await field.inputValue();
  await field.fill(text.replace('#### Mitigation\n\nTODO', '#### Mitigation\n\nBring orders-db-2 back, or ask before it is taken out.'));
  await expect(page.getByText(/^Draft saved/)).toBeVisible();
  await page.reload();
  await expect(page.getByText('You go on with your draft')).toBeVisible();
  await expect(page.getByLabel('The page')).toHaveValue(/Bring orders-db-2 back/);

  await page.getByRole('button', { name: 'See it first' }).click();
  await expect(page.getByRole('region', { name: 'What it looks like' })).toContainText('Bring orders-db-2 back');
  await page.getByText(/^What changes/).click();
  await expect(page.locator('.diff ins')).toContainText('Bring orders-db-2 back');
  await expectAccessible(page);
  await page.getByLabel('What changed, in a few words').fill('Say what to do');
  await page.getByRole('button', { name: 'Save as a version' }).click();
  await expect(page.getByText('Saved as a new version.')).toBeVisible();
  await expectNoSidewaysScroll(page);

  await page.getByRole('link', { name: 'History' }).click();
  await expect(page.locator('.diff del')).toContainText('TODO');
  await expect(page.getByText('Say what to do')).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  expect(heard).toEqual([]);
});

test('what monitoring knows and nobody wrote about is shown, and the other way round', async ({ page }) => {
  await be(page, 'Lena Okafor');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Services' }).click();
  await page.goto(page.url().replace(/services$/, 'alert-coverage'));
  await expect(page.getByRole('region', { name: /^Alerts without a section/ })).toContainText('KafkaUnderReplicated');
  await expect(page.getByRole('region', { name: /^Sections without a living alert/ })).toContainText('IngressErrorBudgetBurn');
  await expect(page.getByRole('region', { name: /leads nowhere/ })).toContainText('PostgresWalDiskFilling');
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.goto(page.url().replace(/alert-coverage$/, 'runbooks'));
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});
