// Who is ready for what: by name for leaders, one's own for engineers, numbers for readers.

import { readFile } from 'node:fs/promises';
import { sitAll } from './sitting.mjs';
import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

const NAMES = ['Ada Brown', 'Bo Lindqvist', 'Chiara Russo', 'Deniz Aydın'];

test('a leader reads everybody, an engineer the own row, and a reader numbers from five people on', async ({ browser, baseURL, page, team }) => {
  test.slow();
  const people = [];
  for (const name of NAMES) people.push(await team.join(name));
  const [ada, bo] = people;
  const round = await team.plan(people);
  const reader = await team.join('Grace Mbeki', 'reader');
  const as = async (person) => {
    const context = await browser.newContext({ baseURL });
    const page = await context.newPage();
    page.heard = complaints(page);
    await person.signIn(page);
    return page;
  };

  const adas = await as(ada);
  await sitAll(adas, await ada.start(round));
  const bos = await as(bo);
  await sitAll(bos, await bo.start(round), { right: false });

  await test.step('the leader reads names, cell by cell, and the filter stands in the address', async () => {
    const heard = complaints(page);
    await team.leader.signIn(page);
    await page.goto(`${team.circle}/readiness`);
    for (const name of NAMES) await expect(page.getByRole('row', { name: new RegExp(name) })).toHaveCount(1);
    await expect(page.getByRole('row', { name: /Ada Brown/ }).getByRole('cell')).toHaveText([/to \d/, /to \d/, /to \d/, /Not taken$/]);
    await expect(page.getByRole('row', { name: /Bo Lindqvist/ }).getByRole('cell').first()).toHaveText(/0 of 2/);
    await expect(page.getByText('0 of 4 are ready for everything. No pass ends before')).toBeVisible();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 800 });

    await page.getByRole('combobox', { name: 'Service' }).selectOption('Orders');
    await page.getByRole('combobox', { name: 'People' }).selectOption('Not ready');
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page).toHaveURL(/service=orders&/);
    await expect(page).toHaveURL(/show=gaps/);
    await page.reload();
    await expect(page.getByRole('combobox', { name: 'Service' })).toHaveValue('orders');
    await expect(page.getByRole('combobox', { name: 'People' })).toHaveValue('gaps');
    await page.goto(`${team.circle}/readiness?service=no-such`);
    await expect(page.getByRole('heading', { name: 'There is no such filter: service “no-such”.' })).toBeVisible();
    await expectAccessible(page);
    await page.goto(`${team.circle}/readiness?q=nobody&topic=process`);
    await expect(page.getByRole('heading', { name: 'Nothing matches Process, Name has “nobody”' })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Clear the filters' }).last().click();
    await page.getByRole('row', { name: /Bo Lindqvist/ }).getByRole('link').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Bo Lindqvist');
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    expect(heard).toEqual([]);
  });

  await test.step('filters are set and taken off with the keyboard', async () => {
    await page.goto(`${team.circle}/readiness`);
    const form = page.getByRole('search', { name: 'Filter the matrix' });
    await form.getByRole('searchbox', { name: 'Name' }).focus();
    await page.keyboard.type('ada');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/q=ada/);
    await expect(page.getByText('0 of 1 with “ada” in their name')).toBeVisible();
    await expect(page.locator('table.matrix tbody tr')).toHaveCount(1);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Remove the filter Name has “ada”' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.locator('table.matrix tbody tr')).toHaveCount(4);
    await page.getByRole('region', { name: 'People by services and topics' }).focus();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('row', { name: /Ada Brown/ }).getByRole('link').first()).toBeFocused();
  });

  await test.step('what ends is listed soonest first and leads to its evidence and to a round', async () => {
    const inAYear = new Date(Date.now() + 360 * 86_400_000).toISOString().slice(0, 10);
    await page.goto(`${team.circle}/readiness?before=${inAYear}`);
    await expect(page.getByText('1 person has a pass that ends before')).toBeVisible();
    const list = page.getByRole('region', { name: /^Ends before/ });
    await expect(list.getByRole('listitem')).toContainText(['Ada Brown']);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 800 });
    await list.getByRole('link', { name: 'process of Orders, Ada Brown' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ada Brown: process of Orders');
    await page.goBack();
    const plan = list.getByRole('link', { name: 'Plan a round for this person' });
    expect(await plan.getAttribute('href')).toBe(`${team.circle}/plan-round?for=${ada.id}`);
  });

  await test.step('the file and the paper hold what the filter shows', async () => {
    await page.goto(`${team.circle}/readiness?q=brown&topic=process`);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download CSV' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^readiness-checkout-\d{4}-\d\d-\d\d\.csv$/);
    const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('"Ada Brown","orders","process","ready","20');

    await page.goto(`${team.circle}/readiness`);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await expectOnPaper(page);
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
    await page.getByRole('link', { name: 'Print' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Readiness of Checkout');
    await expect(page.locator('table.matrix tbody tr')).toHaveCount(4);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await expectOnPaper(page);
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
  });

  await test.step('without a script everything is there', async () => {
    const context = await browser.newContext({ baseURL, javaScriptEnabled: false });
    const plain = await context.newPage();
    await team.leader.signIn(plain);
    await plain.goto(`${team.circle}/readiness`);
    await plain.getByRole('combobox', { name: 'Topic' }).selectOption('Process');
    await plain.getByRole('button', { name: 'Show' }).click();
    await expect(plain.getByRole('row', { name: /Ada Brown/ }).getByRole('cell')).toHaveCount(1);
    await plain.getByRole('link', { name: 'Remove the filter Process' }).click();
    await expect(plain.getByRole('row', { name: /Ada Brown/ }).getByRole('cell')).toHaveCount(4);
    await plain.getByRole('link', { name: 'Print' }).click();
    await expect(plain.getByRole('heading', { level: 1 })).toHaveText('Readiness of Checkout');
    await context.close();
  });

  await test.step('an engineer reads the own row, and nobody else’s', async () => {
    await adas.goto(`${team.circle}/readiness`);
    await expect(adas.getByRole('heading', { name: 'Orders' })).toBeVisible();
    await expectNobody(adas, NAMES.slice(1));
    await expectAccessible(adas);
    await expectNoSidewaysScroll(adas);
    await adas.getByRole('link', { name: 'Process', exact: true }).click();
    await expect(adas.getByRole('heading', { level: 1 })).toContainText(/process/i);
    await expectNobody(adas, NAMES.slice(1));
    await expectAccessible(adas);
    const others = await adas.goto(`${team.circle}/readiness/${bo.id}/orders/process`);
    expect(others.status()).toBe(404);
    expect(adas.heard.filter((line) => !line.includes('404'))).toEqual([]);
  });

  await test.step('a reader reads numbers, and none while they would point at somebody', async () => {
    const readers = await as(reader);
    await readers.goto(`${team.circle}/readiness`);
    await expect(readers.getByText('4 people here sit tests. Counts show from 5 people on')).toBeVisible();
    await expectNobody(readers, NAMES);
    await team.join('Emeka Obi');
    await readers.reload();
    await expect(readers.getByRole('heading', { name: 'How many of 5 are ready' })).toBeVisible();
    await expect(readers.getByRole('row', { name: /Orders/ }).getByRole('cell').first()).toHaveText('1 of 5');
    await expectNobody(readers, [...NAMES, 'Emeka Obi']);
    await expectAccessible(readers);
    await expectNoSidewaysScroll(readers);
    for (const path of ['tests', 'rounds', `readiness/${ada.id}/orders/process`, `members/${ada.id}`]) {
      expect((await readers.goto(`${team.circle}/${path}`)).status(), path).toBe(404);
    }
  });
});

async function expectNobody(page, names) {
  const text = await page.locator('main').innerText();
  expect(names.filter((name) => text.includes(name)), page.url()).toEqual([]);
}

/** Black on white, with what says when and what the marks mean, and nothing to press. */
async function expectOnPaper(page) {
  await expect(page.locator('table.matrix')).toBeVisible();
  await expect(page.getByText(/^As of /)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Key' })).toBeVisible();
  for (const hidden of ['.shell-top', '.filter', 'a.no-print']) {
    for (const one of await page.locator(hidden).all()) await expect(one).toBeHidden();
  }
  const colours = await page.evaluate(() => {
    const { color, backgroundColor } = getComputedStyle(document.documentElement);
    return [color, backgroundColor];
  });
  expect(colours).toEqual(['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
}
