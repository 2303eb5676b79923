// The first run as plain pages: no script, and a screen of 320 px.

import { crawl, expect, expectNoSidewaysScroll, test } from './support.mjs';

test.use({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });

test('a visitor looks around in the demo circle', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Look around in the demo circle' }).click();
  await page.getByRole('button', { name: 'Be Lena Okafor' }).click();
  await crawl(page, () => expectNoSidewaysScroll(page));
});

test('a team is set up, takes a bank, and somebody is invited and joins', async ({ browser, muster, page }) => {
  await page.goto('/set-up');
  await page.getByLabel('Set-up token').fill('not-the-token');
  await page.getByRole('button', { name: 'Set up my team' }).click();
  await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
  await expect(page.locator('.error')).toBeFocused();
  await expectNoSidewaysScroll(page);
  await page.getByLabel('Set-up token').fill(muster.token);
  await page.getByLabel('Your name').fill('Lena Okafor');
  await page.getByLabel('Your e-mail').fill('lena@example.org');
  await page.getByLabel('Choose a password').fill('correct horse battery');
  await page.getByLabel('Name of the team').fill('Checkout');
  await page.getByRole('button', { name: 'Set up my team' }).click();

  await page.getByRole('link', { name: 'Add a question bank' }).click();
  await expectNoSidewaysScroll(page);
  await page.locator('#shelf li a').first().click();
  await page.getByRole('button', { name: 'Take this bank into the circle' }).click();
  await expect(page.getByRole('heading', { name: /^The bank is taken: \d+ added, 0 changed, 0 unchanged, 0 outdated\./ })).toBeVisible();
  await expectNoSidewaysScroll(page);

  await page.getByRole('link', { name: 'Members' }).click();
  await page.getByLabel('E-mail').fill('ada@example.org');
  await page.getByRole('button', { name: 'Make an invitation link' }).click();
  const link = await page.getByLabel('Link').inputValue();
  await expectNoSidewaysScroll(page);
  await page.reload();
  await expect(page.getByLabel('Link'), 'the link is shown once').toHaveCount(0);

  const device = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  const phone = await device.newPage();
  await phone.goto(link);
  await expectNoSidewaysScroll(phone);
  await phone.getByLabel('Your name').fill('Ada Brown');
  await phone.getByLabel('Choose a password').fill('staple of the horse');
  await phone.getByRole('button', { name: 'Join Checkout' }).click();
  await expect(phone).toHaveURL(/\/circles\/checkout(#.*)?$/);
  await expectNoSidewaysScroll(phone);
  await device.close();
});
