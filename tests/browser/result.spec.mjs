// What a result shows, to whom, and when.

import { CANARY, KINDS, RIGHT } from './bank.mjs';
import { answer, awake, placesByKind, question, sitAll } from './sitting.mjs';
import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

const WIDE = { width: 1280, height: 800 };

test('before the round closes the answers stay hidden, afterwards they are shown', async ({ page, team }) => {
  const heard = complaints(page);
  const { round, attempt } = await team.sitting('Ada Brown', page, { minutes: 0.25, show_answers: 'at_close' });
  await sitAll(page, attempt);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Ready for /);
  await expect(page.getByText('Your questions and answers show when the round closes')).toBeVisible();
  await expect(page.getByText('The whole test', { exact: true })).toBeVisible();
  for (const text of await pageTexts(page)) expect(text.replaceAll(RIGHT.short, '')).not.toContain(CANARY);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize(WIDE);

  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Right: 6' })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  const first = page.locator('main details').first();
  await first.locator('summary').click();
  await expect(first).toContainText(`Because of the ${CANARY}.`);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  expect((await page.goto(`${round}/start`)).status()).toBe(200);
  await expect(page.getByText('You handed this in.')).toBeVisible();
  expect(heard).toEqual([]);
});

test('a round can hide the score from those who sat it, and leaders see it at once', async ({ page, team }) => {
  const { person, round, attempt } = await team.sitting('Bo Lindqvist', page, { show_score: 'never', show_answers: 'never' });
  await sitAll(page, attempt, { right: false });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Handed in');
  await expect(page.getByText('This round does not show the score before a leader releases the results')).toBeVisible();
  await expect(page.getByText('clauses hold')).toHaveCount(0);
  for (const text of await pageTexts(page)) expect(text).not.toContain(CANARY);
  await expectAccessible(page);

  await page.context().clearCookies();
  await team.leader.signIn(page);
  await page.goto(round);
  await page.getByRole('row', { name: new RegExp(person.name) }).getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Bo Lindqvist\W+not yet/);
  await expect(page.locator('main')).toContainText(CANARY);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});

test('what was sure and missed comes first, opened; then what was missed; then what was right', async ({ page, team }) => {
  const { attempt } = await team.sitting('Chiara Russo', page);
  const places = await placesByKind(page, attempt);
  await awake(page);
  for (const kind of ['ordering', 'matching', 'multiple']) await answer(page, kind, places[kind]);
  await question(page, places.numeric).getByLabel('Your number').fill('3');
  await question(page, places.numeric).getByLabel('Certain').check();
  await question(page, places.short).getByLabel('Your answer').fill('rm -rf /');
  await question(page, places.short).getByLabel('Guess').check();
  await page.getByRole('button', { name: 'Save and check answers' }).click();
  await page.getByRole('button', { name: 'Hand in 5 answers' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Not yet: /);
  const headings = await page.locator('main h2').allInnerTexts();
  const from = headings.findIndex((text) => text.startsWith('Sure, and missed: 1'));
  expect(headings.slice(from).map((text) => text.split(':')[0])).toEqual(['Sure, and missed', 'Missed, in whole or in part', 'Right']);
  await expect(page.locator('details[open] summary')).toContainText('The check runs every 5 s');
  await expect(page.locator('details[open]')).toContainText('Certain');
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize(WIDE);

  await page.locator('details[open]').getByRole('link', { name: /^I object to question/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^What is wrong with question/);
  await expectAccessible(page);
});

test('a result is nobody else’s, and a test that was handed in cannot be gone on with', async ({ page, team }) => {
  const { attempt } = await team.sitting('Deniz Aydın', page);
  await sitAll(page, attempt);
  await page.goto(`${attempt}?q=2`);
  await expect(page).toHaveURL(/\/result$/);
  await page.goto(`${attempt}/check`);
  await expect(page).toHaveURL(/\/result$/);

  const eve = await team.join('Emeka Obi');
  await page.context().clearCookies();
  await eve.signIn(page);
  for (const path of [attempt, `${attempt}/check`, `${attempt}/result`, `${attempt}/report/1`]) {
    expect((await page.goto(path)).status(), path).toBe(404);
  }
  await expect(page.getByText('There is no such page')).toBeVisible();
  await expectAccessible(page);
});

/** The page as it came from the server and as it stands. */
async function pageTexts(page) {
  const sent = await page.request.get(page.url());
  return [await page.content(), await sent.text()];
}

test('the questions of all six kinds are shown with the answer, the key and the reason', async ({ page, team }) => {
  const { attempt } = await team.sitting('Femke de Vries', page);
  await sitAll(page, attempt);
  for (const fold of await page.locator('main details').all()) await fold.locator('summary').click();
  await expect(page.locator('main details[open]')).toHaveCount(KINDS.length);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});
