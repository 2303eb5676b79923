// The time of a test is the server's. This file takes two minutes, so its name puts it among the first.

import { answer, awake, placesByKind, question, saveState, saves } from './sitting.mjs';
import { complaints, expectAccessible } from './support.mjs';
import { expect, test } from './team.mjs';

const HOUR = 3_600_000;

/** Sets the clock of every page that is opened from now on. */
function setClock(page, by) {
  return page.addInitScript((by) => {
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...parts) {
        if (parts.length > 0) super(...parts);
        else super(Real.now() + by);
      }

      static now() {
        return Real.now() + by;
      }
    };
  }, by);
}

const secondsLeft = async (page) => Number(/^(\d+) s left$/.exec(await page.locator('#clock').innerText())?.[1]);

test('at the end the fields lock, what was typed is taken, and the result comes by itself', async ({ page, team }) => {
  test.setTimeout(240_000);
  const heard = complaints(page);
  await setClock(page, HOUR);
  const ada = await team.join('Ada Brown');
  const round = await team.plan([ada], { test: await team.makeTest({ name: 'One minute', limit: '1' }) });
  await ada.signIn(page);
  const attempt = await ada.start(round);
  const places = await placesByKind(page, attempt);
  await awake(page);
  expect(await page.evaluate(() => Date.now())).toBeGreaterThan(Date.now() + HOUR / 2);
  const end = Date.parse(await page.locator('#ends').getAttribute('datetime'));
  await expect(page.locator('#clock')).toHaveText(/^\d+ s left$/);
  expect(Math.abs((await secondsLeft(page)) - (end - Date.now()) / 1000), 'the page counts the server’s time').toBeLessThan(3);
  await expect(page.locator('#clock-says')).toHaveText('1 minute left');
  await expect(page.locator('#clock-says')).toHaveAttribute('role', 'status');
  await expect(page.getByRole('timer')).toContainText('s left');
  await expect(page.locator('.bar')).toHaveClass(/last-minutes/);
  await expectAccessible(page);
  await saves(page, () => answer(page, 'single', places.single));

  await expect(async () => expect(await secondsLeft(page)).toBeLessThan(3)).toPass({ timeout: 65_000, intervals: [200] });
  await question(page, places.short).getByLabel('Your answer').pressSequentially('typed in the last seconds', { delay: 20 });
  await expect(page.locator('#clock')).toHaveText('The time is over', { timeout: 10_000 });
  const field = question(page, places.short).getByLabel('Your answer');
  await expect(field).toBeDisabled();
  await expect(field).toHaveValue('typed in the last seconds');
  await expect(saveState(page)).toHaveText(/^Saved/);
  // axe takes all that stands in locked fields for locked; what scrolls there can be reached.
  await expectAccessible(page, { except: ['scrollable-region-focusable'] });
  await page.locator('pre').focus();
  await expect(page.locator('pre')).toBeFocused();

  const other = await page.context().newPage();
  await other.goto(attempt);
  await expect(other.getByRole('heading', { name: 'The time is over' })).toBeVisible();
  await expectAccessible(other, { except: ['scrollable-region-focusable'] });
  await other.close();

  await expect(page).toHaveURL(/\/result$/, { timeout: 90_000 });
  const over = (Date.now() - end) / 1000;
  expect(over, 'after the grace').toBeGreaterThan(60);
  expect(over, 'and soon after it').toBeLessThan(80);
  await expect(page.getByRole('definition').filter({ hasText: /^by the clock/ })).toBeVisible();
  await expect(page.getByRole('definition').filter({ hasText: /^2 of 6$/ })).toBeVisible();
  await expect(page.getByText('typed in the last seconds').first()).toBeAttached();
  await expectAccessible(page);
  expect(heard).toEqual([]);
});

test('extra time that a leader gives shows in the test that runs', async ({ page, team }) => {
  await setClock(page, -HOUR);
  const { round, attempt } = await team.sitting('Bo Lindqvist', page);
  await page.goto(attempt);
  await awake(page);
  await expect(page.locator('#clock')).toHaveText(/^(29|30) min left$/);
  const ends = await page.locator('#ends').innerText();

  const leaders = await page.context().browser().newContext({ baseURL: new URL(page.url()).origin });
  const leader = await leaders.newPage();
  await team.leader.signIn(leader);
  await leader.goto(round);
  await expect(leader.getByRole('row', { name: /Bo Lindqvist/ })).toContainText('Sitting, 0 of 6 answered');
  await leader.getByText('More time').last().click();
  await leader.getByLabel('Minutes for Bo Lindqvist').fill('15');
  await expectAccessible(leader);
  await leader.getByRole('button', { name: 'Give the time' }).click();
  await expect(leader.getByText('Bo Lindqvist has 15 more min.')).toBeVisible();
  await expectAccessible(leader);
  await leaders.close();

  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(page.locator('#clock')).toHaveText(/^4[45] min left$/);
  await expect(page.locator('#ends')).not.toHaveText(ends);
});

test('the clock stays right when the page is opened again, whatever the device says', async ({ page, team }) => {
  const { attempt } = await team.sitting('Chiara Russo', page);
  await page.goto(attempt);
  const words = await page.locator('#clock').innerText();
  await setClock(page, 24 * HOUR);
  await page.reload();
  await awake(page);
  const kind = await question(page, 1).getAttribute('data-kind');
  await saves(page, () => answer(page, kind, 1));
  expect(Math.abs(parseInt(await page.locator('#clock').innerText(), 10) - parseInt(words, 10))).toBeLessThanOrEqual(1);
  const saved = (await saveState(page).innerText()).split(' ').at(-1);
  const now = new Date().toISOString().slice(11, 16);
  const before = new Date(Date.now() - 60_000).toISOString().slice(11, 16);
  expect([now, before], 'the time of the save is the server’s').toContain(saved.slice(0, 5));
});
