// What a round came to: read and filtered by a leader, and released to those who sat it.

import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

const RELEASE = 'Release the results';

/** A round that two people handed in without an answer, and that is closed; it shows nothing before its release. */
async function closedRound(team, names) {
  const people = [];
  for (const name of names) people.push(await team.join(name));
  const round = await team.plan(people, { show_score: 'never', show_answers: 'never' });
  const attempts = [];
  for (const person of people) {
    const attempt = await person.start(round);
    await person.post(`${attempt}/check`, {});
    attempts.push(attempt);
  }
  await team.leader.post(round, { do: 'close' });
  return { people, round, attempts };
}

test('a leader reads the results on a phone and on a desk, and filters them with the keyboard', async ({ page, team }) => {
  const heard = complaints(page);
  const { round } = await closedRound(team, ['Ada Brown', 'Bo Lindqvist']);
  await team.leader.signIn(page);
  await page.goto(round);
  await page.getByRole('link', { name: 'See the results' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Results of November readiness');
  await expect(page.getByText('2 of 2 people have taken it, and the results are ready.')).toBeVisible();
  await expect(page.getByText('Not enough attempts yet (2 of 20)').first()).toBeVisible();
  const questions = page.getByRole('region', { name: 'Questions' });
  await expect(questions.getByRole('row')).toHaveCount(7);
  await expect(questions.getByRole('cell', { name: '2 of 2' })).toHaveCount(6);
  await expect(page.getByRole('region', { name: 'Table of people' }).getByRole('rowheader')).toHaveText(['Ada Brown', 'Bo Lindqvist']);
  await expectAccessible(page);

  await test.step('what a figure means is unfolded with the keyboard', async () => {
    const meanings = page.locator('summary', { hasText: 'What these figures mean: questions' });
    await meanings.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText(/Wilson's 95 % interval/).last()).toBeVisible();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test.step('the filter stands in the address and is taken off', async () => {
    await page.getByRole('combobox', { name: 'Topic' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Show' }).focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/topic=orders%2F/);
    expect(await questions.getByRole('row').count()).toBeLessThan(7);
    await expectAccessible(page);
    await page.getByRole('link', { name: /^Remove the filter/ }).focus();
    await page.keyboard.press('Enter');
    await expect(questions.getByRole('row')).toHaveCount(7);
  });

  await test.step('a question tells what was answered, without names', async () => {
    await questions.getByRole('link').first().click();
    await expect(page.getByText('2 of 2 missed it.')).toBeVisible();
    await expect(page.getByText('No earlier round of this circle asked it.')).toBeVisible();
    await expect(page.getByText('Ada Brown')).toHaveCount(0);
    await page.getByText('The question with its key').click();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 800 });
  });
  expect(heard).toEqual([]);
});

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false });

  test('results are released after a question, and then those who sat it see them', async ({ browser, baseURL, page, team }) => {
    const { people, round, attempts } = await closedRound(team, ['Chiara Russo', 'Deniz Aydın']);
    expect(await people[0].read(`${attempts[0]}/result`)).toContain('before a leader releases the results');
    await team.leader.signIn(page);
    await page.goto(`${round}/results`);
    await page.getByRole('link', { name: `${RELEASE} …` }).click();
    await expect(page.getByText('It cannot be taken back: people will have seen it.')).toBeVisible();
    await page.getByRole('button', { name: RELEASE }).click();
    await expect(page.getByRole('status')).toContainText('The results are released.');
    await expect(page.getByRole('link', { name: `${RELEASE} …` })).toHaveCount(0);

    const context = await browser.newContext({ baseURL, javaScriptEnabled: false });
    const theirs = await context.newPage();
    await people[0].signIn(theirs);
    await theirs.goto(`${attempts[0]}/result`);
    await expect(theirs.locator('details.panel')).toHaveCount(6);
    await theirs.goto(`${round}/results`);
    await expect(theirs.getByRole('heading', { level: 1 })).not.toContainText('Results of');
    await context.close();
  });
});
