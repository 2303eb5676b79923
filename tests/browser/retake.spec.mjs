// Taking a test again: what is asked, what is kept, and what each page says of it.

import { question, sitAll, placesByKind, answer, awake } from './sitting.mjs';
import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

test('whoever missed a topic takes that topic again and keeps the others', async ({ page, team }) => {
  const heard = complaints(page);
  const { person, round, attempt } = await team.sitting('Ada Brown', page, {
    retakes: '1', retake_wait: '0', retake_asks: 'missed', show_answers: 'at_close',
  });
  const places = await placesByKind(page, attempt);
  await awake(page);
  for (const kind of ['single', 'short', 'multiple', 'numeric']) await answer(page, kind, places[kind]);
  for (const kind of ['ordering', 'matching']) await question(page, places[kind]).getByLabel('I do not know').check();
  await page.getByRole('button', { name: 'Save and check answers' }).click();
  await page.getByRole('button', { name: 'Hand in 6 answers' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Not yet: process is /);

  await page.getByRole('link', { name: 'Take it again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('November readiness: attempt 2');
  await expect(page.getByText('process of Orders', { exact: true })).toBeVisible();
  await expect(page.getByText(/^architecture of Orders, to .*; troubleshooting of Orders, to /)).toBeVisible();
  await expect(page.getByText('Up to 2; a retake asks the topics that were missed; you made 1')).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.getByRole('button', { name: 'Start the retake' }).click();
  const second = new URL(page.url()).pathname;
  const again = await placesByKind(page, second);
  expect(Object.keys(again).sort()).toEqual(['matching', 'ordering']);
  await awake(page);
  for (const [kind, n] of Object.entries(again)) await answer(page, kind, n);
  await page.getByRole('button', { name: 'Save and check answers' }).click();
  await page.getByRole('button', { name: 'Hand in 2 answers' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Ready for /);
  await expect(page.getByRole('link', { name: /^kept from/ })).toHaveCount(2);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.goto(`${round}/start`);
  await expect(page.getByText('You passed this test, so there is nothing to take again.')).toBeVisible();

  await page.context().clearCookies();
  await team.leader.signIn(page);
  await page.goto(round);
  const row = page.getByRole('row', { name: new RegExp(person.name) });
  await expect(row).toContainText('Passed');
  await expect(row.getByRole('link', { name: /^Attempt 1/ })).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  expect(heard).toEqual([]);
});

test('a retake opens when the wait is over, and the pages say when', async ({ page, team }) => {
  const { round, attempt } = await team.sitting('Bo Lindqvist', page, {
    minutes: 3000, retakes: '2', retake_wait: '24', retake_asks: 'everything',
  });
  await sitAll(page, attempt, { right: false });
  await expect(page.getByText(/^You can take it again from /)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Take it again' })).toHaveCount(0);
  await page.goto(team.circle);
  await expect(page.getByText(/^Retake from /)).toBeVisible();
  await page.goto(`${round}/start`);
  await expect(page.getByText(/^You can take it again from /)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Start/ })).toHaveCount(0);
  await expectAccessible(page);
});

test('what cannot be planned is said beside the fields of the retakes', async ({ page, team }) => {
  const person = await team.join('Chiara Russo');
  await team.join('Deniz Aydin');
  await team.plan([person]);
  await team.leader.signIn(page);
  await page.goto(`${team.circle}/plan-round?for=${person.id}`);
  await expect(page.getByRole('checkbox', { name: 'Chiara Russo' })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: 'Deniz Aydin' })).not.toBeChecked();
  await page.getByLabel('Name', { exact: true }).fill('Again');
  await page.getByLabel('Retakes').fill('2');
  await page.getByLabel('Hours before a retake').fill('1000');
  await page.getByRole('group', { name: 'Takers see their score' }).getByLabel('Not before a leader releases the results').check();
  await page.getByRole('button', { name: 'Plan the round' }).click();
  await expect(page.getByRole('heading', { name: /problem/ })).toBeVisible();
  await expect(page.getByLabel('Hours before a retake')).toHaveAccessibleDescription(/The round closes before anybody has waited/);
  await expect(page.getByLabel('Hours before a retake')).toHaveValue('1000');
  await expect(page.locator('#main')).toContainText('must know what was missed');
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});
