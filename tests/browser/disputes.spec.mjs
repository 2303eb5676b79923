// Disputes in a browser: an objection while sitting, a decision with its preview, and what the taker sees of it.

import { awake, placesByKind, question } from './sitting.mjs';
import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

const ANSWER = 'haproxy -c -f';

async function expectFine(page) {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Answers the short question so, in an attempt that shows all its questions, and hands in. */
async function typeAndHandIn(page, n, answer) {
  await question(page, n).getByLabel('Your answer').fill(answer);
  await page.getByRole('button', { name: 'Save and check answers' }).click();
  await page.getByRole('button', { name: 'Hand in 1 answer' }).click();
  await expect(page).toHaveURL(/\/result/);
}

/** Objects to question n on the page of its report. */
async function object(page, attempt, n, note) {
  await page.goto(`${attempt}/report/${n}`);
  await page.getByLabel('What is wrong or missing?').fill(note);
  await page.getByRole('button', { name: 'Send report' }).click();
}

for (const colorScheme of ['light', 'dark']) {
  test(`an objection leads to another right answer, ${colorScheme}`, async ({ page, team }) => {
    const heard = complaints(page);
    await page.emulateMedia({ colorScheme });
    const name = `Ada ${colorScheme}`;
    const asked = await team.makeTest({ rows: [{ topic: 'troubleshooting', n: 2 }], cut: '50', topicCut: '50' });
    const { person: ada, attempt } = await team.sitting(name, page, { test: asked });
    const { short: n } = await placesByKind(page, attempt);
    await object(page, attempt, n, 'The long form is right, too.');
    await expect(page).toHaveURL(new RegExp(`\\?q=${n}$`));
    await page.goto(`${attempt}?all=1`);
    await awake(page);
    await typeAndHandIn(page, n, `${ANSWER} ${colorScheme}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Not yet: /);
    await expect(page.getByRole('region', { name: 'Your objections', exact: true })).toContainText('Open');
    await expectFine(page);

    await team.leader.signIn(page);
    await page.goto(team.circle);
    await page.getByRole('link', { name: /that takers objected to$/ }).click();
    await expectFine(page);
    await page.locator('tbody').getByRole('link', { name: /^Type the command/ }).first().click();
    await expect(page.getByRole('heading', { name: /^What takers said/ })).toBeVisible();
    await expect(page.locator('main')).not.toContainText(name);
    await expectFine(page);

    await page.getByRole('button', { name: 'Show what would change' }).click();
    await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
    await expectFine(page);
    await page.getByRole('radio', { name: /^Accept another answer/ }).check();
    await page.getByLabel('Texts that are right too').fill(`haproxy -c * ${colorScheme}`);
    await page.getByLabel('Because').fill(`Both forms check the file (${colorScheme}).`);
    await page.getByRole('button', { name: 'Show what would change' }).click();
    await expect(page.getByRole('heading', { name: /^What would change/ })).toBeVisible();
    const row = page.getByRole('row', { name: new RegExp(name) });
    await expect(row).toContainText('0 of 1 → 1 of 1');
    await expect(row).toContainText('not passed → passed');
    await expectFine(page);
    await page.getByRole('button', { name: 'Change the decision' }).click();
    await expect(page.getByLabel('Texts that are right too')).toHaveValue(`haproxy -c * ${colorScheme}`);
    await page.getByRole('button', { name: 'Show what would change' }).click();
    await page.getByRole('button', { name: 'Apply this decision' }).click();
    await expect(page.getByText('The decision is applied.')).toBeVisible();
    await expect(page.getByRole('region', { name: 'Decisions' })).toContainText('Another answer accepted');
    await expectFine(page);
    await page.getByRole('link', { name: 'Make a corrective action of this' }).click();
    await expect(page.getByLabel('What is to be done')).toHaveValue('Put the question check-command right');

    await ada.signIn(page);
    await page.goto(`${attempt}/result`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Ready for /);
    const changed = page.locator('.notice', { hasText: 'This result was changed after a dispute' });
    await expect(changed).toContainText('you passed');
    await expect(changed).toContainText('Your mark went from “0 of 1” to “1 of 1”.');
    const objections = page.locator('section', { has: page.getByRole('heading', { name: 'Your objections' }) });
    await expect(objections).toContainText(`Both forms check the file (${colorScheme}).`);
    await expectFine(page);
    // The form that was refused was answered with 422, which the console names.
    expect(heard.filter((line) => !line.includes('422'))).toEqual([]);
  });
}

test('a question is taken out without a script and by keyboard alone', async ({ browser, team }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const press = (key) => page.keyboard.press(key);
  const { person: bo, attempt } = await team.sitting('Bo Lindqvist', page);
  const { short: n } = await placesByKind(page, attempt);
  await typeAndHandIn(page, n, ANSWER);
  // Objected afterwards, from the page of the result.
  await page.locator(`#question-${n} summary`).focus();
  await press('Enter');
  await page.getByRole('link', { name: `I object to question ${n}` }).focus();
  await press('Enter');
  await page.getByLabel('What is wrong or missing?').focus();
  await page.keyboard.type('Nobody types this.');
  await press('Tab');
  await press('Enter');
  await expect(page).toHaveURL(/#objections$/);
  await expect(page.getByRole('cell', { name: /Nobody types this\./ })).toBeVisible();

  await team.leader.signIn(page);
  await page.goto(`${team.circle}/disputes?state=open`);
  await page.locator('tbody').getByRole('link', { name: /^Type the command/ }).first().focus();
  await press('Enter');
  await page.getByRole('radio', { name: /^Keep it/ }).first().focus();
  for (let i = 0; i < 3; i += 1) await press('ArrowDown');
  await expect(page.getByRole('radio', { name: /^Take the question out/ })).toBeChecked();
  await page.getByLabel('Because').focus();
  await page.keyboard.type('It is too far from the work.');
  await press('Tab');
  await press('Enter');
  await expect(page.getByRole('row', { name: /Bo Lindqvist/ })).toContainText('0 of 1 → does not count');
  await page.getByRole('button', { name: 'Apply this decision' }).focus();
  await press('Enter');
  await expect(page.getByRole('region', { name: 'Decisions' })).toContainText('Taken out');

  await bo.signIn(page);
  await page.goto(`${attempt}/result`);
  await expect(page.getByRole('heading', { name: 'Taken out: 1' })).toBeVisible();
  await expect(page.locator('.notice', { hasText: 'changed after a dispute' })).toContainText('it was taken out on');
  await context.close();
});
