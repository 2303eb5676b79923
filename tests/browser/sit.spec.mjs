// A taker sits a test with the runner's help: what is entered is saved while it is entered, and nothing gets lost.

import { CANARY, KINDS, RIGHT } from './bank.mjs';
import {
  answer, awake, expectAnswered, goes, matchFor, outbox, place, placesByKind, question, saveState, saves, step, steps,
} from './sitting.mjs';
import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, PASSWORD, test } from './team.mjs';

const CUT_LINE = /ERR_INTERNET_DISCONNECTED/;

// No story builds on another: they are shared out to the workers.
test.describe.configure({ mode: 'parallel' });

test('all six kinds are answered one by one, handed in, and right', async ({ page, team }) => {
  const heard = complaints(page);
  const { person, round } = await team.sitting('Ada Brown', page);
  await page.goto(team.circle);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Continue November readiness' }).first().click();

  for (const n of [1, 2, 3, 4, 5, 6]) {
    await expect(page).toHaveTitle(`Question ${n} of 6 – November readiness – Muster`);
    await awake(page);
    await expectAccessible(page);
    expect(await page.content()).not.toContain(CANARY);
    const kind = await question(page, n).getAttribute('data-kind');
    await saves(page, () => answer(page, kind, n));
    await expect(place(page, n)).toHaveAccessibleName(`${n} , answered`);
    await expect(page.locator('#map-says')).toHaveText(`${n} answered, ${6 - n} open, 0 marked`);
    await page.getByRole('button', { name: n < 6 ? 'Save and continue' : 'Save and check answers' }).click();
  }

  await expect(page.getByText('Every question has an answer')).toBeVisible();
  await awake(page);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Hand in 6 answers' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Ready for /);
  await expect(page.getByRole('heading', { name: 'Right: 6' })).toBeVisible();
  await expectAccessible(page);
  expect(await person.start(round), 'starting again finds the same attempt').toBe(new URL(page.url()).pathname.replace('/result', ''));
  expect(heard).toEqual([]);
});

test('the page says Saved only after the server has the answer', async ({ page, team }) => {
  const { attempt } = await team.sitting('Bo Lindqvist', page);
  const places = await placesByKind(page, attempt);
  let letGo;
  const held = new Promise((resolve) => (letGo = resolve));
  await page.route('**/save-answer', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${attempt}?q=${places.single}`);
  await awake(page);
  await expect(saveState(page)).toHaveText('Nothing to save yet');
  await answer(page, 'single', places.single);
  await expect(saveState(page)).toHaveText('Saving…');
  await page.waitForTimeout(500);
  await expect(saveState(page)).toHaveText('Saving…');
  letGo();
  await expect(saveState(page)).toHaveText(/^Saved \d\d:\d\d:\d\d$/);

  await page.reload();
  await expectAnswered(page, 'single', places.single);
  await expect(saveState(page)).toHaveText(/^Saved \d\d:\d\d:\d\d$/);
});

test('a typed text is saved after a pause, and while it is typed without one', async ({ page, team }) => {
  const { attempt } = await team.sitting('Chiara Russo', page);
  const places = await placesByKind(page, attempt);
  await page.goto(`${attempt}?q=${places.short}`);
  await awake(page);
  const text = 'a text that goes on and on and on without a pause, for longer than an answer may wait';
  let isTyping = true;
  const first = page.waitForResponse('**/save-answer').then(() => isTyping);
  const field = question(page, places.short).getByLabel('Your answer');
  await field.pressSequentially(text, { delay: 110 });
  isTyping = false;
  expect(await first, 'saved before the last key').toBe(true);
  await expect(saveState(page)).toHaveText(/^Saved/);
  await page.reload();
  await expect(field).toHaveValue(text);
});

test('a changed answer of an earlier page load does not look like another device', async ({ page, team }) => {
  const { attempt } = await team.sitting('Femke de Vries', page);
  const places = await placesByKind(page, attempt);
  await page.goto(`${attempt}?q=${places.numeric}`);
  await awake(page);
  await saves(page, () => question(page, places.numeric).getByLabel('Your number').fill('14'));
  await page.reload();
  await awake(page);
  await saves(page, () => question(page, places.numeric).getByLabel('Your number').fill('15'));
  await expect(page.locator('#elsewhere')).toBeHidden();
});

test('steps move by arrows and by positions, without a new page and with the focus on them', async ({ page, team }) => {
  const { attempt } = await team.sitting('Deniz Aydın', page);
  const { ordering: n } = await placesByKind(page, attempt);
  await page.goto(`${attempt}?q=${n}`);
  await awake(page);
  await page.evaluate(() => (globalThis.isSamePage = true));
  const here = question(page, n);
  const [first, second, third, last] = await steps(here);

  const down = step(here, first).getByRole('button', { name: 'Move down' });
  await saves(page, () => down.press('Enter'));
  expect(await steps(here)).toEqual([second, first, third, last]);
  await expect(down).toBeFocused();
  await expect(page.locator('#clock-says')).toHaveText('Now 2 of 4');

  const position = step(here, last).getByLabel('Position of this step');
  await position.focus();
  await saves(page, () => page.keyboard.press('1'));
  expect(await steps(here)).toEqual([last, second, first, third]);
  await expect.soft(position).toBeFocused();
  await expect(position).toHaveValue('1');

  expect(await page.evaluate(() => globalThis.isSamePage)).toBe(true);
  await page.reload();
  expect(await steps(here)).toEqual([last, second, first, third]);
});

test('an arrow at the end of the list moves nothing, and the order as first shown is no answer', async ({ page, team }) => {
  const { attempt } = await team.sitting('Emeka Obi', page);
  const { ordering: n } = await placesByKind(page, attempt);
  await page.goto(`${attempt}?q=${n}`);
  await awake(page);
  const here = question(page, n);
  const shown = await steps(here);
  await step(here, shown[0]).getByRole('button', { name: 'Move up' }).click();
  expect(await steps(here)).toEqual(shown);
  await expect(place(page, n)).toHaveAccessibleName(/open/);
  await saves(page, () => step(here, shown[1]).getByRole('button', { name: 'Move up' }).click());
  await expect(place(page, n)).toHaveAccessibleName(/answered/);
  await saves(page, () => step(here, shown[1]).getByRole('button', { name: 'Move down' }).click());
  await expect(place(page, n)).toHaveAccessibleName(/open/);
});

test('sides are matched by lists, one may be left open, and an answer can be taken back', async ({ page, team }) => {
  const { attempt } = await team.sitting('Grace Mbeki', page);
  const { matching: n, multiple } = await placesByKind(page, attempt);
  await page.goto(`${attempt}?q=${n}`);
  await awake(page);
  const here = question(page, n);
  await saves(page, () => matchFor(here, '503').selectOption({ index: 2 }));
  await page.reload();
  await awake(page);
  await expect(matchFor(here, '503')).not.toHaveValue('');
  await expect(matchFor(here, '504')).toHaveValue('');
  await saves(page, () => matchFor(here, '503').selectOption(''));
  await expect(place(page, n)).toHaveAccessibleName(/open/);

  await page.goto(`${attempt}?q=${multiple}`);
  await awake(page);
  await saves(page, () => question(page, multiple).getByLabel('I do not know').check());
  await expect(place(page, multiple)).toHaveAccessibleName(/answered/);
  await saves(page, () => question(page, multiple).getByLabel('I do not know').uncheck());
  await expect(place(page, multiple)).toHaveAccessibleName(/open/);
});

test('confidence and the mark for review are kept, and the map and the check page show the mark', async ({ page, team }) => {
  const { attempt } = await team.sitting('Hana Sato', page);
  const places = await placesByKind(page, attempt);
  const n = places.single;
  await page.goto(`${attempt}?q=${n}`);
  await awake(page);
  await saves(page, () => question(page, n).getByLabel('Mark for review').check());
  await expect(place(page, n)).toHaveAccessibleName(`${n} , open, marked`);
  await expect(page.locator('#map-says')).toHaveText('0 answered, 6 open, 1 marked');
  await saves(page, () => answer(page, 'single', n));
  await saves(page, () => question(page, n).getByLabel('Fairly sure').check());

  await page.getByRole('navigation', { name: 'Questions' }).getByRole('button', { name: 'Check answers and hand in' }).click();
  await expect(page.getByText(`⚑ Marked for review: ${n}`)).toBeVisible();
  await expect(page.getByText('5 questions have no answer')).toBeVisible();
  const row = page.getByRole('row', { name: new RegExp(`^${n} `) });
  await expect(row).toContainText(RIGHT.single);
  await expect(row).toContainText('Fairly sure');
  await expectNoSidewaysScroll(page);

  await row.getByRole('link', { name: `Change answer ${n}` }).click();
  await expect(question(page, n).getByLabel('Fairly sure')).toBeChecked();
  await expect(question(page, n).getByLabel('Mark for review')).toBeChecked();
});

test('a question is reported, and the taker comes back to the answer that was given', async ({ page, team }) => {
  const heard = complaints(page);
  const { attempt } = await team.sitting('Ines Costa', page);
  const places = await placesByKind(page, attempt);
  const n = places.short;
  await page.goto(`${attempt}?q=${n}`);
  await awake(page);
  await saves(page, () => question(page, n).getByLabel('Your answer').fill('haproxy -c'));
  await page.getByRole('button', { name: 'Something is wrong with this question' }).click();
  await expectAccessible(page);
  await page.getByLabel('This is not documented well enough').check();
  await page.getByLabel('What is wrong or missing?').fill('The runbook names another command.');
  await page.getByRole('button', { name: 'Send report' }).click();
  await expect(page.getByText('You reported this question.')).toBeVisible();
  await expect(question(page, n).getByLabel('Your answer')).toHaveValue('haproxy -c');
  expect(heard).toEqual([]);
});

test('a text that was typed and not yet saved goes along when the taker leaves for the report', async ({ page, team }) => {
  const { attempt } = await team.sitting('Ivo Horvat', page);
  const { short: n } = await placesByKind(page, attempt);
  await page.goto(`${attempt}?q=${n}`);
  await awake(page);
  await question(page, n).getByLabel('Your answer').fill('typed in the last moment');
  await page.getByRole('button', { name: 'Something is wrong with this question' }).click();
  await page.getByRole('link', { name: 'Back to the question' }).click();
  await expect(question(page, n).getByLabel('Your answer')).toHaveValue('typed in the last moment');
});

test('what is answered while the line is lost is sent when it is back', async ({ context, page, team }) => {
  const heard = complaints(page, CUT_LINE);
  const { attempt } = await team.sitting('Jana Novak', page);
  const places = await placesByKind(page, attempt);
  await awake(page);
  await expectAccessible(page);
  await context.setOffline(true);
  await answer(page, 'single', places.single);
  await expect(page.locator('#not-saved')).toBeVisible({ timeout: 10_000 });
  await expect(page.locator('#not-saved-says')).toHaveText(/^Not saved since \d\d:\d\d:\d\d\. Your answers are kept on this device/);
  await expect(saveState(page)).toHaveText('Not saved');
  await expectAccessible(page);
  await answer(page, 'multiple', places.multiple);
  await answer(page, 'numeric', places.numeric);
  await expect(async () => expect(Object.values(await outbox(page)).join()).toContain(RIGHT.numeric)).toPass();
  await expect(place(page, places.multiple)).toHaveAccessibleName(/answered/);

  await context.setOffline(false);
  await expect(page.locator('#not-saved')).toBeHidden({ timeout: 10_000 });
  await expect(saveState(page)).toHaveText(/^Back online\. All saved \d\d:\d\d:\d\d$/);
  expect(await outbox(page)).toEqual({});
  await page.reload();
  for (const kind of ['single', 'multiple', 'numeric']) await expectAnswered(page, kind, places[kind]);
  expect(heard).toEqual([]);
});

test('a button that is pressed while the line is lost waits, and goes on when it is back', async ({ context, page, team }) => {
  const { attempt } = await team.sitting('Jon Bergström', page);
  await page.goto(`${attempt}?q=1`);
  await awake(page);
  const kind = await question(page, 1).getAttribute('data-kind');
  await context.setOffline(true);
  await answer(page, kind, 1);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page.locator('#not-saved')).toBeVisible({ timeout: 10_000 });
  await expect(page).toHaveTitle(/^Question 1 of 6/);
  await context.setOffline(false);
  await expect(page).toHaveTitle(/^Question 2 of 6/, { timeout: 10_000 });
  await page.goto(`${attempt}?q=1`);
  await expectAnswered(page, kind, 1);
});

test('what waited when the page was closed is sent by the next page', async ({ context, page, team }) => {
  const { attempt } = await team.sitting('Kofi Mensah', page);
  const places = await placesByKind(page, attempt);
  await awake(page);
  await context.setOffline(true);
  await answer(page, 'single', places.single);
  await answer(page, 'short', places.short);
  await expect(page.locator('#not-saved')).toBeVisible({ timeout: 10_000 });
  await expect(async () => expect(Object.values(await outbox(page)).join()).toContain(RIGHT.short)).toPass();
  await page.close();

  await context.setOffline(false);
  const later = await context.newPage();
  await later.goto(`${attempt}?q=${places.matching}`);
  await awake(later);
  await expect(async () => expect(await outbox(later)).toEqual({})).toPass({ timeout: 10_000 });
  await expect(place(later, places.short)).toHaveAccessibleName(/answered/);
  await later.goto(`${attempt}?all=1`);
  await expectAnswered(later, 'single', places.single);
  await expectAnswered(later, 'short', places.short);
});

test('of two tabs the later save wins, and the other tab is told', async ({ context, page, team }) => {
  const { attempt } = await team.sitting('Lucía Pérez', page);
  const { numeric: n } = await placesByKind(page, attempt);
  const other = await context.newPage();
  const field = (tab) => question(tab, n).getByLabel('Your number');
  for (const tab of [page, other]) {
    await tab.goto(`${attempt}?q=${n}`);
    await awake(tab);
  }
  await saves(page, () => field(page).fill('11'));
  await saves(other, () => field(other).fill('12'));
  await expect(other.locator('#elsewhere'), 'the later one is told at its own save').toBeVisible();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(page.locator('#elsewhere'), 'the earlier one at its next sync').toBeVisible();
  await expect(field(page), 'nothing is taken out of the fields').toHaveValue('11');
  await page.getByRole('link', { name: 'Reload to see the newest answer' }).click();
  await expect(field(page)).toHaveValue('12');

  await awake(page);
  await saves(page, () => field(page).fill('13'));
  await other.reload();
  await expect(field(other)).toHaveValue('13');
});

test('another device shows the same answers and the same end', async ({ browser, page, team }) => {
  const { person, attempt } = await team.sitting('Mira Shah', page);
  const places = await placesByKind(page, attempt);
  await awake(page);
  for (const kind of KINDS) await saves(page, () => answer(page, kind, places[kind]));
  await expect(page.locator('#map-says')).toHaveText('6 answered, 0 open, 0 marked');
  const end = await page.locator('#ends').getAttribute('datetime');

  const device = await browser.newContext({ baseURL: new URL(page.url()).origin });
  const phone = await device.newPage();
  await person.signIn(phone);
  await phone.goto(`${attempt}?all=1`);
  for (const kind of KINDS) await expectAnswered(phone, kind, places[kind]);
  expect(await phone.locator('#ends').getAttribute('datetime')).toBe(end);
  await device.close();
});

test('what is entered before the script arrives stays, and is saved', async ({ page, team }) => {
  const { attempt } = await team.sitting('Nils Dahl', page);
  const places = await placesByKind(page, attempt);
  await page.route('**/*.wasm', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await route.continue();
  });
  await page.goto(`${attempt}?all=1`, { waitUntil: 'commit' });
  await answer(page, 'short', places.short);
  await answer(page, 'multiple', places.multiple);
  await expect(page.locator('html[data-runner="awake"]')).toHaveCount(0);
  await saves(page, () => awake(page));
  await expectAnswered(page, 'short', places.short);
  await expectAnswered(page, 'multiple', places.multiple);
  await expect(async () => expect(await outbox(page)).toEqual({})).toPass();
  await page.unroute('**/*.wasm');
  await page.reload();
  await expectAnswered(page, 'short', places.short);
  await expectAnswered(page, 'multiple', places.multiple);
});

test('a session that ended meanwhile asks for the password in place, and what waited is sent', async ({ context, page, team }) => {
  const heard = complaints(page, /status of (401|422)/);
  const { attempt } = await team.sitting('Olga Petrova', page);
  const places = await placesByKind(page, attempt);
  await awake(page);
  const other = await context.newPage();
  await other.goto(team.circle);
  await other.getByRole('button', { name: 'Sign out' }).click();
  await expect(other).toHaveURL(/sign-in/);

  await answer(page, 'single', places.single);
  const dialog = page.getByRole('dialog', { name: 'Sign in to go on' });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  await expect(dialog).toContainText('@example.org');
  await dialog.getByLabel('Password').fill('a wrong password');
  await dialog.getByLabel('Password').press('Enter');
  await expect(page.locator('#sign-in-says')).toHaveText('That password is not right.');
  await expectAnswered(page, 'single', places.single);
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('#not-saved')).toBeHidden();
  await expect(saveState(page)).toHaveText(/saved \d\d:\d\d:\d\d$/i);
  await page.reload();
  await expectAnswered(page, 'single', places.single);
  expect(heard).toEqual([]);
});

test('after a password reset that a leader made, the new password goes on with the test', async ({ page, team }) => {
  const { person, attempt } = await team.sitting('Pavel Kos', page);
  const places = await placesByKind(page, attempt);
  await awake(page);
  const member = `${team.circle}/members/${person.id}`;
  await team.leader.post(member, { do: 'link' });
  const link = /id="link"[^>]*value="([^"]+)"/.exec(await team.leader.read(member))[1];
  await person.post(new URL(link).pathname, { password: 'another long password' });

  await answer(page, 'numeric', places.numeric);
  const dialog = page.getByRole('dialog', { name: 'Sign in to go on' });
  await dialog.getByLabel('Password').fill('another long password');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await expect(dialog).toBeHidden();
  await expect(async () => expect(await outbox(page)).toEqual({})).toPass({ timeout: 10_000 });
  await page.reload();
  await expectAnswered(page, 'numeric', places.numeric);
});

test('a test that was handed in elsewhere leads to its result, and nothing is left on the device', async ({ context, page, team }) => {
  const { person, attempt } = await team.sitting('Quentin Roy', page);
  const places = await placesByKind(page, attempt);
  await awake(page);
  await context.setOffline(true);
  await answer(page, 'single', places.single);
  await expect(async () => expect(Object.keys(await outbox(page))).toHaveLength(1)).toPass();
  await person.post(`${attempt}/check`, {});
  await context.setOffline(false);
  await expect(page).toHaveURL(/\/result$/, { timeout: 10_000 });
  expect(await outbox(page)).toEqual({});
});

test('the page before handing in waits for what is not safe yet', async ({ context, page, team }) => {
  const { attempt } = await team.sitting('Rosa Lindt', page);
  const places = await placesByKind(page, attempt);
  await awake(page);
  await context.setOffline(true);
  await answer(page, 'single', places.single);
  await expect(page.locator('#not-saved')).toBeVisible({ timeout: 10_000 });
  await page.close();
  await context.setOffline(false);

  const later = await context.newPage();
  await later.route('**/save-answer', (route) => route.abort());
  await later.goto(`${attempt}/check`);
  await awake(later);
  await later.getByRole('button', { name: /^Hand in/ }).click();
  await expect(later.locator('#not-saved')).toBeVisible();
  await expect(later).toHaveURL(/check$/);
  await later.unroute('**/save-answer');
  await expect(later).toHaveURL(/result$/, { timeout: 15_000 });
  await expect(later.getByRole('definition').filter({ hasText: /^1 of 6$/ })).toBeVisible();
  expect(await outbox(later)).toEqual({});
});

test('signing out leaves no answers on the device', async ({ context, page, team }) => {
  const { attempt } = await team.sitting('Sven Olsen', page);
  const places = await placesByKind(page, attempt);
  await awake(page);
  await context.setOffline(true);
  await answer(page, 'single', places.single);
  await expect(async () => expect(Object.keys(await outbox(page))).toHaveLength(1)).toPass();
  await page.close();
  await context.setOffline(false);
  const later = await context.newPage();
  await later.goto(team.circle);
  await goes(later, () => later.getByRole('button', { name: 'Sign out' }).click());
  expect(await outbox(later)).toEqual({});
});

test('Enter in a field saves and goes on, and Back shows what was saved', async ({ page, team }) => {
  const { attempt } = await team.sitting('Tomoko Abe', page);
  const { numeric: n } = await placesByKind(page, attempt);
  await page.goto(`${attempt}?q=${n}`);
  await awake(page);
  await question(page, n).getByLabel('Your number').fill(RIGHT.numeric);
  await goes(page, () => question(page, n).getByLabel('Your number').press('Enter'));
  expect(page.url()).not.toContain(`q=${n}`);
  await page.goBack();
  await expectAnswered(page, 'numeric', n);
});

test('a page that was left for another does not save over what was answered since', async ({ page, team }) => {
  const { person, attempt } = await team.sitting('Uma Nair', page);
  const { numeric: n } = await placesByKind(page, attempt);
  await awake(page);
  // Another device answers; this page saves its own questions and leaves that one alone.
  await person.post(attempt, { here: 'all', go: 'all', [`q${n}-was`]: '{}', [`q${n}-text`]: '15' });
  await goes(page, () => page.getByRole('button', { name: 'Show one question a page' }).click());
  await page.goto(`${attempt}?q=${n}`);
  await expectAnswered(page, 'numeric', n);
});

test('answers that are given while the server is down are saved when it is up again', async ({ muster, page, team }) => {
  const { attempt } = await team.sitting('Viktor Lang', page);
  const places = await placesByKind(page, attempt);
  await awake(page);
  await muster.stop('SIGKILL');
  await answer(page, 'numeric', places.numeric);
  await expect(page.locator('#not-saved')).toBeVisible({ timeout: 10_000 });
  await answer(page, 'single', places.single);
  await muster.start();
  await expect(page.locator('#not-saved')).toBeHidden({ timeout: 30_000 });
  expect(await outbox(page)).toEqual({});
  await page.reload();
  for (const kind of ['numeric', 'single']) await expectAnswered(page, kind, places[kind]);
});

test('"Try now" saves what waits, where the page would not have tried yet', async ({ page, team }) => {
  await page.clock.install();
  const { attempt } = await team.sitting('Wanda Novak', page);
  const places = await placesByKind(page, attempt);
  await awake(page);
  // From here on the page's own clock stands still: nothing is tried by itself.
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.route('**/save-answer', (route) => route.abort());
  await answer(page, 'single', places.single);
  await expect(page.locator('#not-saved')).toBeVisible({ timeout: 10_000 });
  await page.unroute('**/save-answer');
  await expect(saveState(page)).toHaveText('Not saved');

  await page.getByRole('button', { name: 'Try now' }).click();
  await expect(page.locator('#not-saved')).toBeHidden();
  expect(await outbox(page)).toEqual({});
  await page.goto(`${attempt}?all=1`);
  await expectAnswered(page, 'single', places.single);
});
