// Who is ready for what: by name for leaders, one's own for engineers, numbers for readers.

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
    await expect(page.getByText('0 of 4 are ready for everything.')).toBeVisible();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 800 });

    await page.locator('select[name=service]').selectOption('Orders');
    await page.getByLabel('Only people who are not ready').check();
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page).toHaveURL(/service=orders/);
    await expect(page).toHaveURL(/only=gaps/);
    await page.reload();
    await expect(page.locator('select[name=service]')).toHaveValue('orders');
    await expect(page.getByLabel('Only people who are not ready')).toBeChecked();
    await page.goto(`${team.circle}/readiness?service=no-such`);
    await expect(page.getByRole('heading', { name: 'Nobody to show' })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Clear the filter' }).last().click();
    await page.getByRole('row', { name: /Bo Lindqvist/ }).getByRole('link').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Bo Lindqvist');
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    expect(heard).toEqual([]);
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
