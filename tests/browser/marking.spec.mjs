// Open questions: answered in one's own words, marked by two leaders who do not see each other, settled, and shown.

import { BANK, SERVICE } from './bank.mjs';
import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { awake, question, saves } from './sitting.mjs';
import { expect, test as base } from './team.mjs';

const RUBRIC = 'names the on-call DBA before restarting';

const test = base.extend({
  shelf: {
    ...BANK,
    'orders/monitoring/slow-at-night.md': `+++
level = 1
+++
The database is slow at night. What do you do first?

## Rubric

- (2) ${RUBRIC}
- (1) looks at the long queries

> A restart loses the evidence.
`,
  },
});

const SAID = { Ada: 'I ring Lou, the DBA.', Bo: 'I restart </textarea><script>alert(1)</script> it.\nThen I wait.' };

/** A running round with one open question. */
async function openRound(team, people, name) {
  const { leader, circle } = team;
  const fields = {
    name, limit: '30', cut: '50', topic_cut: '50', counts_for: '180', version: '0', do: 'save', asks_open: 'on',
    'service-0': SERVICE, 'topic-0': 'monitoring', 'level-0': '', 'n-0': '1',
  };
  const made = (await leader.post(`${circle}/tests/new`, fields)).split('?')[0];
  return team.plan(people, { name, test: made });
}

/** Such a round that everyone in it has answered, and that is closed. */
async function answered(team, people, name) {
  const round = await openRound(team, people, name);
  const attempts = [];
  for (const person of people) {
    const attempt = await person.start(round);
    const text = SAID[person.name.split(' ')[0]];
    const page = await person.read(`${attempt}?q=1`);
    expect(page).not.toContain(RUBRIC);
    const was = /name="q1-was" value="([^"]*)"/.exec(page)[1].replaceAll('&quot;', '"');
    await person.post(attempt, { here: '1', 'q1-was': was, 'q1-text': text, do: 'check' });
    expect(await person.read(`${attempt}/check`)).not.toContain(RUBRIC);
    await person.post(`${attempt}/check`, {});
    attempts.push(attempt);
  }
  await team.leader.post(round, { do: 'close' });
  return { round, attempts };
}

/** The section of one answer. */
const answer = (page, text) => page.locator('section.panel', { hasText: text });

/** Gives points line by line by keyboard alone, and sends the form with Enter. */
async function givesByKeyboard(page, section, points, comment) {
  const groups = section.locator('fieldset');
  for (const [i, n] of points.entries()) {
    const radios = groups.nth(i).getByRole('radio');
    await radios.first().focus();
    await page.keyboard.press('Space');
    for (let at = 0; at < n; at += 1) await page.keyboard.press('ArrowRight');
    await expect(radios.nth(n)).toBeChecked();
  }
  await page.keyboard.press('Tab');
  await expect(section.getByRole('textbox')).toBeFocused();
  if (comment) await page.keyboard.type(comment);
  await page.keyboard.press('Tab');
  await expect(section.getByRole('button')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('is saved.')).toBeVisible();
}

test('two leaders mark by keyboard without seeing each other, one settles, and results are ready', async ({ page, browser, baseURL, team }) => {
  test.slow();
  const heard = complaints(page, /422/);
  const ada = await team.join('Ada Brown');
  const bo = await team.join('Bo Lindqvist');
  const mio = await team.join('Mio Second', 'leader');
  const { round, attempts } = await answered(team, [ada, bo], 'Night duty');

  expect(await ada.read(`${attempts[0]}/result`)).toContain('1 answer waits to be marked');
  await team.leader.signIn(page);
  await page.goto(round);
  await expect(page.getByText('2 attempts wait to be marked')).toBeVisible();
  await page.getByRole('link', { name: 'Mark open answers' }).click();
  await expect(page.getByText('2 answers have no mark yet.')).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('link', { name: /slow at night/ }).click();
  await page.getByRole('button', { name: 'Ask for a second marker' }).click();
  await expect(page.getByText('Two leaders mark each answer to this question.')).toBeVisible();
  const html = await page.content();
  for (const secret of [ada.name, bo.name, ada.id, bo.id, ...attempts.map((path) => path.split('/').at(-1))]) {
    expect(html, 'no name, no person and no attempt').not.toContain(secret);
  }
  await expect(answer(page, SAID.Bo.split('\n')[1])).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  // Nothing chosen: the problems stand at their lines, and what was typed stays.
  const first = answer(page, SAID.Ada);
  await first.getByRole('textbox').fill('Good.');
  await first.getByRole('button').click();
  await expect(page.getByText('Choose the points of line 1, from 0 to 2.').first()).toBeVisible();
  await expect(first.getByRole('textbox')).toHaveValue('Good.');
  await expectAccessible(page);
  await givesByKeyboard(page, answer(page, SAID.Ada), [2, 0]);
  await expect(answer(page, 'I restart')).toBeInViewport();
  await givesByKeyboard(page, answer(page, 'I restart'), [0, 0], 'Call first.');
  await expect(page.getByText('Nothing waits for you here.')).toBeVisible();

  const second = await browser.newContext({ baseURL });
  const other = await second.newPage();
  await mio.signIn(other);
  await other.goto(page.url().split('?')[0]);
  await expect(other.getByText('2 answers wait for you.')).toBeVisible();
  await expect(other.getByText('Call first.')).toHaveCount(0);
  await expect(other.locator('input[type=radio]:checked')).toHaveCount(0);
  await givesByKeyboard(other, answer(other, SAID.Ada), [2, 0]);
  await givesByKeyboard(other, answer(other, 'I restart'), [0, 1]);
  await expect(other.getByText('3 of 4 lines the same (75 %); 1 of 2 answers differs')).toBeVisible();

  const differing = answer(other, 'I restart');
  await expect(differing.getByText('Two markings differ')).toBeVisible();
  const rows = differing.getByRole('table').getByRole('row');
  await expect(rows.first()).toContainText('Lena Okafor');
  await expect(rows.filter({ hasText: RUBRIC })).toContainText('Same');
  await expect(rows.filter({ hasText: 'looks at the long queries' })).toContainText(/0 of 1\s*1 of 1.*Differs/);
  await expectAccessible(other);
  await expectNoSidewaysScroll(other);
  await other.setViewportSize({ width: 1280, height: 800 });
  await givesByKeyboard(other, differing, [0, 0], 'A restart looks at nothing.');
  await second.close();

  await page.goto(`${round}/marking`);
  await expect(page.getByText('Every answer handed in so far is marked')).toBeVisible();
  await page.goto(`${team.circle}/rounds`);
  await expect(page.getByRole('row', { name: /Night duty/ })).toContainText('Closed, results ready');
  const result = await bo.read(`${attempts[1]}/result`);
  for (const words of [RUBRIC, 'A restart looks at nothing.', 'A leader settled the mark against the rubric.', '0 of 2']) {
    expect(result).toContain(words);
  }
  expect(await ada.read(`${attempts[0]}/result`)).toContain('Ready for monitoring');
  await ada.signIn(page);
  await page.goto(`${attempts[0]}/result`);
  await expectAccessible(page);
  expect(heard).toEqual([]);
});

test('what one leader gives is saved as it is given, survives a lost line and a reload, and needs no press', async ({ page, team }) => {
  const heard = complaints(page, /ERR_FAILED/);
  const ada = await team.join('Ada Swift');
  const { round } = await answered(team, [ada, await team.join('Bo Swift')], 'Swift duty');
  await team.leader.signIn(page);
  await page.goto(`${round}/marking`);
  await page.getByRole('link', { name: /slow at night/ }).click();
  await expect(page.locator('html[data-marking=awake]')).toBeAttached();
  const first = answer(page, SAID.Ada);
  const second = answer(page, 'I restart');
  const gives = (section, line, n) => section.locator('fieldset').nth(line).getByLabel(String(n), { exact: true }).check();
  const points = (section, line) => section.locator('fieldset').nth(line).locator('input:checked');

  // One line of two: kept here, and nowhere else.
  await gives(first, 0, 2);
  await expect(first.getByText('It is saved once nothing is missing.')).toBeVisible();
  await page.reload();
  await expect(points(first, 0)).toHaveValue('2');
  await expect(first.getByText('It is saved once nothing is missing.')).toBeVisible();

  // The line is lost.
  await page.route('**/marking/give', (route) => route.abort());
  await gives(first, 1, 1);
  await first.getByRole('textbox').fill('Lou it is.');
  await expect(first.getByText('Not saved: the line is lost.')).toBeVisible({ timeout: 10_000 });
  await expectAccessible(page);
  await page.reload();
  await expect(points(first, 1)).toHaveValue('1');
  await expect(first.getByRole('textbox')).toHaveValue('Lou it is.');
  await page.unroute('**/marking/give');
  await expect(first.getByText(/^Saved \d\d:\d\d:\d\d$/)).toBeVisible({ timeout: 10_000 });
  await expect(first.getByText('Marked by you')).toBeVisible();
  await expect(page.getByText('1 answer waits for you.')).toBeVisible();

  // The button saves at once, and goes on.
  await gives(second, 0, 0);
  await gives(second, 1, 0);
  await second.getByRole('button', { name: 'Save the mark' }).click();
  await expect(second.getByText(/^Saved/)).toBeVisible();
  await expect(page.getByText('Nothing waits for you here.')).toBeFocused();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.reload();
  await expect(first.getByText('Marked by you')).toBeVisible();
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  await page.goto(`${round}/marking`);
  await expect(page.getByText('Every answer handed in so far is marked')).toBeVisible();
  expect(heard).toEqual([]);
});

test('what is typed is saved meanwhile and stands there after a reload, as much as is allowed and no more', async ({ page, team }) => {
  const ada = await team.join('Ada Typing');
  const attempt = await ada.start(await openRound(team, [ada], 'Long answers'));
  await ada.signIn(page);
  await page.goto(`${attempt}?q=1`);
  await awake(page);
  const area = question(page, 1).getByLabel('Your answer');
  const long = `First </textarea> line.\nSecond. ${'€'.repeat(9_900)}`;
  await saves(page, () => area.fill(long));
  await page.reload();
  await expect(area).toHaveValue(long);
  await expect(area).toHaveAttribute('maxlength', '10000');
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });

  test('an open question is answered, marked and read', async ({ page, team }) => {
    const ada = await team.join('Ada Plain');
    const { round, attempts } = await answered(team, [ada], 'Plain duty');
    await team.leader.signIn(page);
    await page.goto(`${round}/marking`);
    await page.getByRole('link', { name: /slow at night/ }).click();
    const section = answer(page, SAID.Ada);
    for (const [i, n] of [2, 1].entries()) await section.locator('fieldset').nth(i).getByLabel(String(n), { exact: true }).check();
    await section.getByRole('textbox').fill('Well done.');
    await section.getByRole('button', { name: 'Save the mark' }).click();
    await expect(page.getByText('is saved.')).toBeVisible();
    await expect(section.getByText('Marked by you')).toBeVisible();
    await expectNoSidewaysScroll(page);

    await section.getByText('Change what you gave').click();
    await section.locator('fieldset').nth(1).getByLabel('0', { exact: true }).check();
    await section.getByRole('button', { name: 'Save the mark' }).click();
    await expect(page.getByText('is saved.')).toBeVisible();
    const result = await ada.read(`${attempts[0]}/result`);
    for (const words of ['Well done.', '0.67 of 1', 'looks at the long queries']) expect(result).toContain(words);
  });
});
