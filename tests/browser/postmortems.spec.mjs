// Postmortems in a browser: written with and without a script, saved while somebody types, read on a phone.

import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

async function expectFine(page) {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

for (const colorScheme of ['light', 'dark']) {
  test(`a postmortem saves itself, is reviewed and asks for a question, ${colorScheme}`, async ({ page, team }) => {
    // A refused form is a 422, which the browser reports.
    const heard = complaints(page, /422/);
    await page.emulateMedia({ colorScheme });
    await team.leader.signIn(page);
    await page.goto(`${team.circle}/postmortems`);
    await expectFine(page);
    await page.goto(`${team.circle}/write-postmortem`);
    await page.getByLabel('What happened').fill(`Checkout stood still in ${colorScheme}`);
    await page.getByRole('button', { name: 'Begin the draft' }).click();
    await expectFine(page);

    await page.getByLabel('Symptoms').fill('Carts were slow.');
    await expect(page.getByText(/^Saved /)).toBeVisible();
    await page.getByLabel('What surprised us').fill('The pool was empty, and the disk was blamed.');
    await expect(page.getByText('Not saved yet')).toBeVisible();
    await expect(page.getByText(/^Saved /)).toBeVisible();
    await page.reload();
    await expect(page.getByLabel('What surprised us')).toHaveValue('The pool was empty, and the disk was blamed.');
    await page.getByRole('button', { name: 'Save it' }).click();
    await expect(page.getByText('The pool was empty, and the disk was blamed.')).toBeVisible();
    await expectFine(page);

    await page.getByRole('button', { name: 'Send it to the review' }).click();
    await page.getByRole('button', { name: 'The team has reviewed it' }).click();
    await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
    await expectFine(page);
    await page.getByText('Say who was there').click();
    await page.getByRole('checkbox').first().check();
    await page.getByRole('button', { name: 'Save who was there' }).click();
    await page.getByText('There is none, because').click();
    await page.getByLabel('Why nothing is to be done').fill('It was a test.');
    await page.getByRole('button', { name: 'Save the reason' }).click();
    await page.getByRole('button', { name: 'The team has reviewed it' }).click();
    await expect(page.getByText('Reviewed', { exact: true }).first()).toBeVisible();
    await page.getByRole('link', { name: 'Make a question of this' }).click();
    await expect(page.getByLabel('The file')).toHaveValue(/sources = \["postmortem:PM-\d+"\]/);
    await expectFine(page);
    expect(heard).toEqual([]);
  });
}

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false });

  test('a postmortem is written and a file brought in', async ({ page, team }) => {
    await team.leader.signIn(page);
    await page.goto(`${team.circle}/write-postmortem`);
    await page.getByLabel('What happened').fill('Mail was late');
    await page.getByRole('button', { name: 'Begin the draft' }).click();
    await page.getByLabel('Impact').fill('Nobody was told.');
    await page.getByRole('button', { name: 'Save it' }).click();
    await expect(page.getByText('Nobody was told.')).toBeVisible();

    await page.goto(`${team.circle}/postmortems`);
    const text = '# The queue was full\n\n## Action items\n- Watch it\n';
    await page.locator('summary', { hasText: 'Bring in one' }).click();
    await page.getByLabel('Files').setInputFiles({ name: '2026-01-05-queue.md', mimeType: 'text/markdown', buffer: Buffer.from(text) });
    await page.getByRole('button', { name: 'Bring it in' }).click();
    await page.getByRole('link', { name: /The queue was full/ }).click();
    await expect(page.getByText('Names no owner')).toBeVisible();
  });
});
