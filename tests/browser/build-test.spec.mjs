// A leader builds a test and plans a round, with the mouse far away.

import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

test('a test that the bank cannot fill is kept, but no round is planned with it until it can', async ({ page, team }) => {
  const heard = complaints(page, /status of 422/);
  await team.join('Ada Brown');
  await team.leader.signIn(page);
  await page.goto(`${team.circle}/tests/new`);
  await expectAccessible(page);
  await page.getByLabel('Name').fill('Process in depth');
  const row = page.getByRole('group', { name: 'Row 1' });
  await row.getByLabel('Service').selectOption('Orders');
  await row.getByLabel('Topic').selectOption('Process');
  await page.getByRole('button', { name: 'Check against the bank' }).click();
  await expect(page.getByRole('heading', { name: 'The bank cannot fill this test yet' })).toBeVisible();
  await expect(page.getByText('Orders, Process needs 5, 2 are ready.')).toBeVisible();
  await expect(page).toHaveTitle(/^New test/);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);

  await page.getByRole('button', { name: 'Save the test' }).click();
  await expect(page.getByText('The test is saved.')).toBeVisible();
  await page.getByRole('link', { name: 'Plan a round' }).click();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.getByLabel('Name', { exact: true }).fill('Winter');
  await page.getByRole('button', { name: 'Plan the round' }).click();
  await expect(page.locator('.error')).toBeFocused();
  await expect(page.locator('.error')).toContainText('The bank cannot fill this test');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Winter');
  await expect(page.getByRole('checkbox', { name: 'Ada Brown' })).toBeChecked();
  await expectAccessible(page);

  await page.goto(`${team.circle}/tests`);
  await page.getByRole('link', { name: 'Process in depth' }).click();
  await row.getByLabel('Questions').fill('2');
  await page.getByRole('button', { name: 'Save the test' }).click();
  await expect(page.getByRole('heading', { name: 'The bank can fill this test: 2 questions, 2 ready' })).toBeVisible();
  await page.getByRole('link', { name: 'Plan a round' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Winter');
  await page.getByRole('button', { name: 'Plan the round' }).click();
  await expect(page.getByText('The round is planned.')).toBeVisible();
  await expect(page.getByRole('row', { name: /Ada Brown/ })).toContainText('Not started');
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  expect(heard).toEqual([]);
});

test('what is wrong with a test is said at its field, and nothing typed is lost', async ({ page, team }) => {
  await team.leader.signIn(page);
  await page.goto(`${team.circle}/tests/new`);
  await page.getByLabel('Name').fill('A test with faults');
  await page.getByLabel('Cut of the whole test').fill('120');
  await page.getByLabel('Time limit').fill('soon');
  await page.getByRole('button', { name: 'Save the test' }).click();
  await expect(page.locator('.error')).toBeFocused();
  await page.locator('.error a').first().click();
  await expect(page.locator('[aria-invalid]').first()).toBeFocused();
  await expect(page.getByLabel('Name')).toHaveValue('A test with faults');
  await expect(page.getByLabel('Cut of the whole test')).toHaveValue('120');
  await expect(page.getByLabel('Time limit')).toHaveValue('soon');
  await expectAccessible(page);
});

test('a preview shows the questions with their answers to leaders', async ({ page, team }) => {
  const heard = complaints(page);
  const made = await team.makeTest();
  await team.leader.signIn(page);
  await page.goto(`${made}/preview`);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  expect(heard).toEqual([]);
});

test('the whole way from a new test to a planned round goes by keyboard alone', async ({ page, team }) => {
  await team.join('Bo Lindqvist');
  await team.leader.signIn(page);
  await page.goto(`${team.circle}/tests/new`);
  const keys = page.keyboard;

  await tabTo(page, page.getByLabel('Name'));
  await keys.type('By keyboard');
  await tabTo(page, page.getByLabel('Service').first());
  await keys.press('ArrowDown');
  await tabTo(page, page.getByLabel('Topic').first());
  await keys.press('ArrowDown');
  await tabTo(page, page.getByLabel('Questions').first());
  await keys.press('Control+A');
  await keys.type('1');

  await tabTo(page, page.getByRole('button', { name: 'Add a row' }));
  await keys.press('Enter');
  await expect(page.getByRole('group', { name: 'Row 2' })).toBeVisible();
  await expect(page.getByLabel('Name')).toHaveValue('By keyboard');
  await tabTo(page, page.getByRole('button', { name: 'Add a row' }));
  await keys.press('Space');
  await expect(page.getByRole('group', { name: 'Row 3' })).toBeVisible();
  await tabTo(page, page.getByRole('group', { name: 'Row 2' }).getByLabel('Service'));
  await keys.press('ArrowDown');
  await tabTo(page, page.getByRole('group', { name: 'Row 2' }).getByLabel('Topic'));
  await keys.type('Arch');
  await tabTo(page, page.getByRole('group', { name: 'Row 2' }).getByLabel('Questions'));
  await keys.type('1');
  await tabTo(page, page.getByRole('button', { name: 'Remove row 3' }));
  await keys.press('Enter');
  await expect(page.getByRole('group', { name: 'Row 3' })).toHaveCount(0);
  await expect(page.getByRole('group', { name: 'Row 2' }).getByLabel('Topic')).toHaveValue('architecture');

  await tabTo(page, page.getByLabel('Open book'));
  await keys.press('Space');
  await tabTo(page, page.getByLabel('Cut of the whole test'));
  await keys.press('Enter');
  await expect(page.getByText('The test is saved.'), 'Enter in a field saves').toBeVisible();
  await expect(page.getByLabel('Open book')).toBeChecked();
  await expect(page.getByRole('heading', { name: /^The bank can fill this test: 2 questions/ })).toBeVisible();

  await tabTo(page, page.getByRole('link', { name: 'Plan a round' }));
  await keys.press('Enter');
  await expect(page).toHaveURL(/plan-round/);
  await tabTo(page, page.getByLabel('Name', { exact: true }));
  await keys.type('Round by keyboard');
  await tabTo(page, page.getByRole('checkbox', { name: 'Bo Lindqvist' }));
  await expect(page.getByRole('checkbox', { name: 'Bo Lindqvist' })).toBeChecked();
  await tabTo(page, page.getByRole('group', { name: 'Bo Lindqvist' }).getByLabel('Extra minutes'));
  await keys.press('Control+A');
  await keys.type('15');
  await tabTo(page, page.getByRole('group', { name: 'Takers see the right answers' }).getByRole('radio', { checked: true }));
  await keys.press('ArrowDown');
  await tabTo(page, page.getByRole('button', { name: 'Plan the round' }));
  await keys.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Round by keyboard' })).toBeVisible();
  await expect(page.getByRole('row', { name: /Bo Lindqvist/ })).toContainText('15 min');
  await expect(page.getByText('Not before a leader releases the results')).toBeVisible();
});

/** Presses Tab until this has the focus. */
async function tabTo(page, target) {
  for (let n = 0; n < 80; n += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(target, 'reached by Tab').toBeFocused();
}
