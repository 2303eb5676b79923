// The runner as a taker uses it: finding the question of a kind, answering it, and reading what stands there.

import { RIGHT } from './bank.mjs';
import { expect } from './support.mjs';

/** Opens all questions on one page and says which number each kind has in this attempt. */
export async function placesByKind(page, attempt) {
  await page.goto(`${attempt}?all=1`);
  return placesShown(page);
}

/** The number of the question of each kind on this page. */
export async function placesShown(page) {
  const places = {};
  for (const question of await page.locator('.question').all()) {
    places[await question.getAttribute('data-kind')] = Number(await question.getAttribute('data-slot'));
  }
  return places;
}

/** One question on the page. */
export function question(page, n) {
  return page.locator(`.question[data-slot="${n}"]`);
}

/** Waits until the island works: before, the page is a plain form. */
export async function awake(page) {
  await expect(page.locator('html[data-runner="awake"]')).toHaveCount(1, { timeout: 15_000 });
}

export const saveState = (page) => page.locator('#save-state');

/** Does something and waits until the server has it: the reply first, then the words. */
export async function saves(page, act) {
  const reply = page.waitForResponse('**/save-answer');
  await act();
  expect((await reply).status()).toBe(200);
  await expect(saveState(page)).toHaveText(/^(Back online\. All saved|Saved) \d\d:\d\d:\d\d$/);
}

/** Presses something that leads to another page, and waits until that is there. */
export async function goes(page, act) {
  const loaded = page.waitForEvent('load');
  await act();
  await loaded;
}

/** Gives the right answer to the question of this kind; `press` presses a button that moves a step. */
export async function answer(page, kind, n, press = (button) => button.click()) {
  const here = question(page, n);
  const right = RIGHT[kind];
  switch (kind) {
    case 'single':
      return here.getByLabel(right).check();
    case 'multiple':
      for (const choice of right) await here.getByLabel(choice).check();
      return undefined;
    case 'ordering':
      return putInOrder(here, right, press);
    case 'matching':
      for (const [left, side] of Object.entries(right)) await match(here, left, side);
      return undefined;
    default:
      return here.getByLabel('Your').fill(right);
  }
}

/** Expects that the question of this kind shows the right answer. */
export async function expectAnswered(page, kind, n) {
  const here = question(page, n);
  const right = RIGHT[kind];
  switch (kind) {
    case 'single':
      return expect(here.getByLabel(right)).toBeChecked();
    case 'multiple':
      for (const choice of right) await expect(here.getByLabel(choice)).toBeChecked();
      return expect(here.locator('input[name$="-some"]:checked')).toHaveCount(right.length);
    case 'ordering':
      return expect(here.locator('.step .prose')).toHaveText(right);
    case 'matching':
      for (const [left, side] of Object.entries(right)) {
        await expect(matchFor(here, left).locator('option:checked')).toHaveText(new RegExp(side));
      }
      return undefined;
    default:
      return expect(here.getByLabel('Your')).toHaveValue(right);
  }
}

/** The steps as they stand now. */
export const steps = (here) => here.locator('.step .prose').allInnerTexts();

/** One step by its words. */
export const step = (here, words) => here.locator('.step', { hasText: words });

/** Presses ↑ until every step stands where it belongs. */
export async function putInOrder(here, order, press = (button) => button.click()) {
  for (const [target, words] of order.entries()) {
    for (let at = (await steps(here)).indexOf(words); at > target; at -= 1) {
      await press(step(here, words).getByRole('button', { name: 'Move up' }));
      await expect(here.locator('.step .prose').nth(at - 1)).toHaveText(words);
    }
  }
}

export const matchFor = (here, left) => here.getByLabel(`Match for ${left}`);

/** Chooses a side for the left one. */
export async function match(here, left, side) {
  const select = matchFor(here, left);
  await select.selectOption(await select.locator('option', { hasText: side }).getAttribute('value'));
}

/** A place of the question map. */
export const place = (page, n) => page.locator(`.map button[data-n="${n}"]`);

/** What waits in this browser to be sent. */
export function outbox(page) {
  return page.evaluate(() => Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith('muster-outbox'))));
}

/** Answers all six kinds in the browser, right or all "I do not know", and hands in. */
export async function sitAll(page, attempt, { right = true } = {}) {
  const places = await placesByKind(page, attempt);
  await awake(page);
  for (const [kind, n] of Object.entries(places)) {
    if (right) await answer(page, kind, n);
    else await question(page, n).getByLabel('I do not know').check();
  }
  await page.getByRole('button', { name: 'Save and check answers' }).click();
  await page.getByRole('button', { name: 'Hand in 6 answers' }).click();
  await expect(page).toHaveURL(/\/result/);
}
