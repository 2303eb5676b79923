// A leader looks at what a bank covers, follows a number to its questions, and builds a test by what is there.

import { BANK } from './bank.mjs';
import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

const about = (what, front = '') => `${front}What about ${what}?\n\n- [x] This\n- [ ] That\n- [ ] Neither\n\n> So it is.\n`;

/** Six questions about monitoring beside those of the bank: one a draft, one reviewed long ago. */
const MONITORING = Object.fromEntries(
  ['one', 'two', 'three', 'four'].map((name) => [`orders/monitoring/${name}.md`, about(name)]),
);

test.use({
  shelf: {
    ...BANK,
    ...MONITORING,
    'orders/monitoring/draft.md': about('the draft', '+++\nstate = "draft"\n+++\n'),
    'orders/monitoring/old.md': about('the old one', '+++\nlevel = 2\nreviewed = "2001-01-01"\n+++\n'),
  },
});

async function expectFine(page) {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

for (const colorScheme of ['light', 'dark']) {
  test(`what a bank covers is a table whose numbers lead to the questions, ${colorScheme}`, async ({ page, team }) => {
    const heard = complaints(page);
    await page.emulateMedia({ colorScheme });
    await team.leader.signIn(page);
    await page.goto(`${team.circle}/services`);
    await expect(page.getByText('Thin: Process: 2 ready, a test asks about 5')).toBeVisible();
    await expectFine(page);

    await page.getByRole('link', { name: 'Orders' }).first().click();
    await expect(page.getByRole('row', { name: 'Monitoring' })).toContainText('4');
    await expect(page.getByRole('listitem').filter({ hasText: 'no level 3' })).toContainText('Monitoring');
    await expectFine(page);

    await page.getByRole('link', { name: '1 reviewed long ago, Monitoring' }).click();
    await expect(page.getByRole('link', { name: 'What about the old one?' })).toBeVisible();
    await expect(page.locator('.rows > li')).toHaveCount(1);
    await expectFine(page);
    await page.getByRole('link', { name: /without: Reviewed more than 180 days ago/ }).click();
    await expect(page.locator('.rows > li')).toHaveCount(5);

    await page.getByLabel('State').selectOption('Draft');
    await page.getByLabel('Level').selectOption('3');
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page.getByRole('heading', { name: 'No question matches' })).toBeVisible();
    await expectFine(page);
    await page.getByRole('link', { name: 'Clear the filter' }).click();
    await expect(page.locator('.rows > li')).toHaveCount(12);

    await page.getByRole('link', { name: 'What about the old one?' }).click();
    await expect(page.getByText('1 Jan 2001, more than 180 days ago')).toBeVisible();
    await expect(page.getByText('Drawn')).toBeVisible();
    await expectFine(page);
    expect(heard).toEqual([]);
  });
}

test('the editor counts the different draws and what is left for retakes', async ({ page, team }) => {
  const heard = complaints(page);
  await team.leader.signIn(page);
  await page.goto(`${team.circle}/tests/new`);
  await page.getByLabel('Name').fill('Watching');
  const row = page.getByRole('group', { name: 'Row 1' });
  await row.getByLabel('Service').selectOption('Orders');
  await row.getByLabel('Topic').selectOption('Monitoring');
  await row.getByLabel('Questions').fill('2');
  await page.getByRole('button', { name: 'Check against the bank' }).click();
  await expect(row).toContainText('5 ready, enough for 1 retake with new questions only.');
  await expect(page.getByText('It can draw 10 different sets of questions.')).toBeVisible();
  await expect(page.getByText('share about 1 of 2 on the average')).toBeVisible();
  await expectFine(page);

  await row.getByLabel('Questions').fill('5');
  await page.getByRole('button', { name: 'Check against the bank' }).click();
  await expect(row).toContainText('Every attempt asks all 5: a retake has nothing new.');
  await expect(page.getByText('Every attempt asks the same questions.')).toBeVisible();
  await expectFine(page);

  await row.getByLabel('Level').selectOption('2');
  await page.getByRole('button', { name: 'Save the test' }).click();
  await expect(row).toContainText('1 ready: short by 4.');
  await expectFine(page);

  await page.goto(`${team.circle}/services/orders`);
  await expect(page.getByRole('listitem').filter({ hasText: 'Monitoring, level 2: 5 questions, 1 is ready' })).toContainText('Short by 4');
  await expectFine(page);
  await page.getByRole('link', { name: 'Watching' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Watching' })).toBeVisible();
  expect(heard).toEqual([]);
});

test('who has met how much is a list by name for leaders, and a sentence for each engineer', async ({ page, team }) => {
  const heard = complaints(page);
  const zoe = await team.join('Zoe Bell');
  await team.join('Ada Brown');
  const round = await team.plan([zoe], { name: 'To meet' });
  await zoe.start(round);
  await team.leader.signIn(page);
  await page.goto(`${team.circle}/services/orders`);
  await page.getByRole('link', { name: 'Who has met it' }).click();
  await expect(page.locator('tbody tr')).toHaveText([/Ada Brown.*0 of 11.*11/s, /Zoe Bell.*6 of 11.*5/s]);
  await expectFine(page);

  await zoe.signIn(page);
  await page.goto(`${team.circle}/services/orders?view=met`);
  await expect(page.getByText('You have met 6 of its 11 ready questions in your tests.')).toBeVisible();
  await expect(page.getByText('Ada Brown')).toHaveCount(0);
  await expectFine(page);
  expect(heard).toEqual([]);
});
