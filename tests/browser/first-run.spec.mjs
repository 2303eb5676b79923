// A new muster: somebody looks around in the demo circle, and somebody sets up a team.

import { complaints, crawl, expect, expectAccessible, expectNoSidewaysScroll, test } from './support.mjs';

const WIDE = { width: 1280, height: 800 };

const NAMES = ['Ada Brown', 'Bo Lindqvist', 'Chiara Russo', 'Deniz Aydın', 'Emeka Obi', 'Femke de Vries'];

/** Becomes somebody of the demo circle, which is made by the first who asks. */
async function beInDemo(page, name) {
  await page.goto('/');
  await page.getByRole('button', { name: 'Look around in the demo circle' }).click();
  await page.getByRole('button', { name: `Be ${name}` }).click();
  await expect(page).toHaveURL(/\/circles\/demo$/);
}

async function expectGood(page) {
  await page.setViewportSize(WIDE);
  await expect.soft(page.locator('h1'), page.url()).toHaveCount(1);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
}

for (const [name, role] of [['Lena Okafor', 'leader'], ['Ada Brown', 'engineer'], ['Grace Mbeki', 'reader']]) {
  test(`a visitor looks around in the demo circle as a ${role}`, async ({ page }) => {
    test.slow();
    const heard = complaints(page);
    await beInDemo(page, name);
    await expect(page.getByText('Demo circle: the people and results here are made up.')).toBeVisible();
    const sorts = await crawl(page, async () => {
      await expectGood(page);
      if (role === 'reader') await expectNoNames(page);
    });
    expect(sorts).toContain('/circles/…/readiness');
    expect(sorts.includes('/circles/…/tests/…'), 'only a leader sees tests').toBe(role === 'leader');
    expect(sorts.includes('/attempts/…/result'), 'a reader sees no result').toBe(role !== 'reader');
    expect(heard).toEqual([]);
  });
}

/**
 * Members are listed by name, whom one may be, who works on an action or an incident, and who wrote or answers for a
 * record; nothing else that a reader sees names anybody, and no result does.
 */
async function expectNoNames(page) {
  const { pathname } = new URL(page.url());
  if (/\/(members|demo|stand-up|actions|actions\/[^/]+)$/.test(pathname)) return;
  if (/^\/alerts|\/(incidents|postmortems|postmortem-triggers|runbooks|rota|alert-coverage|search)(\/|$)|\/services\/[^/]+(\/(calls|documents|runbook).*)?$/.test(pathname)) return;
  const text = await page.locator('main').innerText();
  expect(NAMES.filter((name) => text.includes(name)), page.url()).toEqual([]);
}

test('a wrong token keeps what was typed and leads to the error; the right one sets up the team', async ({ muster, page }) => {
  const heard = complaints(page, /status of 422/);
  await page.goto('/');
  await page.getByRole('link', { name: 'Set up my team' }).click();
  await expectAccessible(page);
  await page.getByLabel('Set-up token').fill('not-the-token');
  await page.getByLabel('Your name').fill('Lena Okafor');
  await page.getByLabel('Your e-mail').fill('lena@example.org');
  await page.getByLabel('Choose a password').fill('correct horse battery');
  await page.getByLabel('Name of the team').fill('Checkout');
  await page.getByLabel('Time zone of the team').selectOption('Europe/Rome');
  await page.getByRole('button', { name: 'Set up my team' }).click();

  await expect(page).toHaveTitle(/^Error: /);
  const summary = page.locator('.error');
  await expect(summary).toBeFocused();
  await expectAccessible(page);
  await expect(page.getByLabel('Your name')).toHaveValue('Lena Okafor');
  await expect(page.getByLabel('Your e-mail')).toHaveValue('lena@example.org');
  await expect(page.getByLabel('Choose a password')).toHaveValue('');
  await expect(page.getByLabel('Name of the team')).toHaveValue('Checkout');
  await expect(page.getByLabel('Time zone of the team')).toHaveValue('Europe/Rome');
  await summary.getByRole('link').click();
  await expect(page.getByLabel('Set-up token')).toBeFocused();
  await expect(page.getByLabel('Set-up token')).toHaveAttribute('aria-invalid', 'true');

  await page.getByLabel('Set-up token').fill(muster.token);
  await page.getByLabel('Choose a password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Set up my team' }).click();
  await expect(page).toHaveURL(/\/circles\/checkout(#.*)?$/);
  await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
  await expectGood(page);
  expect((await page.goto('/set-up')).status(), 'it is done once').toBe(404);
  expect(heard.filter((line) => !line.includes('404'))).toEqual([]);
});
