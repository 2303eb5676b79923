// The runner by keyboard alone, on a screen of 320 × 480.

import { awake, matchFor, place, placesByKind, question, saveState, step, steps } from './sitting.mjs';
import { expect, test } from './team.mjs';

test.use({ viewport: { width: 320, height: 480 } });

/** What has the focus, where it stands, and what hides it. */
function stop(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    globalThis.stops ??= new Map();
    const isNew = !globalThis.stops.has(element);
    globalThis.stops.set(element, true);
    const all = [...document.querySelectorAll('*')];
    const box = element.getBoundingClientRect();
    const bar = document.querySelector('.bar').getBoundingClientRect();
    const words = (element.getAttribute('aria-label') ?? element.labels?.[0]?.innerText ?? element.innerText ?? '').trim();
    return {
      name: `${element.tagName.toLowerCase()} ${element.name ?? ''} ${words}`.replace(/\s+/g, ' ').slice(0, 80),
      isNew,
      place: all.indexOf(element),
      isWhole: box.top >= -0.5 && box.bottom <= innerHeight + 0.5 && box.left >= -0.5 && box.right <= innerWidth + 0.5,
      isTall: box.height > innerHeight - bar.height,
      isSeen: box.width > 1 && box.height > 1,
      isUnderBar: !element.closest('.bar') && !element.classList.contains('skip') && box.top < bar.bottom - 0.5,
    };
  });
}

/** Presses a key again and again until the focus has gone all the way, and returns its stops. */
async function walk(page, key) {
  const found = [];
  for (let n = 0; n < 120; n += 1) {
    await page.keyboard.press(key);
    const here = await stop(page);
    if (!here || !here.isNew) break;
    found.push(here);
  }
  return found;
}

async function expectGoodWalk(page, key, where) {
  await page.evaluate(() => {
    globalThis.stops = new Map();
    document.activeElement?.blur?.();
  });
  const found = await walk(page, key);
  const label = `${where}, ${key}`;
  expect(found.length, label).toBeGreaterThan(8);
  const hidden = found.filter((one) => !one.isSeen || one.isUnderBar || !(one.isWhole || one.isTall));
  expect.soft(hidden.map((one) => one.name), `${label}: every stop can be seen`).toEqual([]);
  return found;
}

test('every stop of every kind of question is seen, in reading order, forwards and backwards', async ({ page, team }) => {
  test.slow();
  const { attempt } = await team.sitting('Ada Brown', page);
  const places = await placesByKind(page, attempt);
  const pages = [
    ...Object.entries(places).map(([kind, n]) => [kind, `${attempt}?q=${n}`]),
    ['all', `${attempt}?all=1`],
    ['check', `${attempt}/check`],
  ];
  for (const [name, path] of pages) {
    await page.goto(path);
    await awake(page);
    const forwards = await expectGoodWalk(page, 'Tab', name);
    expect(forwards[0].name, 'the skip link is the first').toMatch(/^a Skip to /);
    const order = forwards.map((one) => one.place);
    expect(order, `${name}: reading order`).toEqual([...order].sort((a, b) => a - b));
    await page.goto(path);
    await awake(page);
    const backwards = await expectGoodWalk(page, 'Shift+Tab', name);
    // A group of radios is one stop, but from behind it is entered at another radio.
    expect(Math.abs(backwards.length - forwards.length), `${name}: the same stops backwards`).toBeLessThanOrEqual(1);
  }
});

test('the skip link leads to the question', async ({ page, team }) => {
  const { attempt } = await team.sitting('Bo Lindqvist', page);
  const { numeric } = await placesByKind(page, attempt);
  await page.goto(`${attempt}?q=${numeric}`);
  await awake(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the question' })).toBeFocused();
  await expect(page.getByRole('link', { name: 'Skip to the question' })).toBeInViewport();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(question(page, numeric).getByLabel('Your number')).toBeFocused();
});

test('all six kinds are answered, marked and handed in by keyboard', async ({ page, team }) => {
  const { attempt } = await team.sitting('Chiara Russo', page);
  const places = await placesByKind(page, attempt);
  const keys = page.keyboard;
  const open = async (kind) => {
    await page.goto(`${attempt}?q=${places[kind]}`);
    await awake(page);
    return question(page, places[kind]);
  };
  const saved = async (kind) => {
    await expect(place(page, places[kind])).toHaveAccessibleName(/answered/);
    await expect(saveState(page)).toHaveText(/^Saved/);
  };

  let here = await open('single');
  await tabTo(page, here.getByRole('radio').first());
  await keys.press('Space');
  await saved('single');
  await keys.press('ArrowDown');
  await expect(here.getByRole('radio').nth(1)).toBeChecked();
  await tabTo(page, here.getByLabel('Guess'));
  await keys.press('Space');
  await expect(here.getByLabel('Guess')).toBeChecked();
  await tabTo(page, here.getByLabel('Mark for review'));
  await keys.press('Space');
  await expect(place(page, places.single)).toHaveAccessibleName(/answered, marked/);

  here = await open('multiple');
  await tabTo(page, here.getByRole('checkbox').first());
  await keys.press('Space');
  await keys.press('Tab');
  await keys.press('Space');
  await saved('multiple');
  await expect(here.locator('input[name$="-some"]:checked')).toHaveCount(2);

  here = await open('ordering');
  const [first, second] = await steps(here);
  const down = step(here, first).getByRole('button', { name: 'Move down' });
  await tabTo(page, down);
  await keys.press('Enter');
  await expect(down).toBeFocused();
  await keys.press('Space');
  await expect(down).toBeFocused();
  expect((await steps(here)).indexOf(first)).toBe(2);
  expect((await steps(here)).indexOf(second)).toBe(0);
  await saved('ordering');

  here = await open('matching');
  await tabTo(page, matchFor(here, '502'));
  await keys.press('ArrowDown');
  await saved('matching');
  await expect(matchFor(here, '502')).toBeFocused();

  here = await open('numeric');
  await tabTo(page, here.getByLabel('Your number'));
  await keys.type('15');
  await saved('numeric');

  here = await open('short');
  await tabTo(page, here.getByLabel('Your answer'));
  await keys.type('check');
  await saved('short');
  await tabTo(page, page.getByRole('button', { name: 'Check answers and hand in' }));
  await keys.press('Enter');
  await expect(page.getByText('Every question has an answer')).toBeVisible();
  await awake(page);
  await tabTo(page, page.getByRole('button', { name: 'Hand in 6 answers' }));
  await keys.press('Enter');
  await expect(page).toHaveURL(/\/result$/);
});

test('Escape closes the question for the password, and the focus is where it was', async ({ context, page, team }) => {
  const { attempt } = await team.sitting('Deniz Aydın', page);
  const { multiple } = await placesByKind(page, attempt);
  await page.goto(`${attempt}?q=${multiple}`);
  await awake(page);
  await context.clearCookies();
  const box = question(page, multiple).getByRole('checkbox').first();
  await tabTo(page, box);
  await page.keyboard.press('Space');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await expect(dialog.getByLabel('Password')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(box).toBeFocused();
  await expect(page.locator('#not-saved')).toBeVisible();
});

/** Presses Tab until this has the focus. */
async function tabTo(page, target) {
  for (let n = 0; n < 80; n += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(target, 'reached by Tab').toBeFocused();
}
