// A leader takes a bank from the shelf: all of it or nothing, and again when its files have changed.

import { BANK } from './bank.mjs';
import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

const QUESTION = `The stock count is negative. What first?

- [x] Stop the import
- [ ] Restart the database
- [ ] Wait for the nightly job

> It counts twice.
`;

const STOCK = {
  'stock/service.toml': 'name = "Stock"\nsummary = "Counts what is there."\nowner = "Warehouse team"\n',
  'stock/process/negative.md': QUESTION,
  'stock/process/closed.md': QUESTION.replace('negative', 'closed'),
};

const FAULTY = {
  'stock/process/negative.md': QUESTION.replace('[x]', '[ ]'),
  'stock/process/closed.md': `+++\nlevel = 9\n+++\n${QUESTION}`,
};

test.use({ shelf: { ...BANK, ...STOCK } });

const aboutStock = (muster) => muster.check().filter((line) => line.includes('stock/') && line.includes('error'));

test('a faulty bank is not taken, and the page says what `muster check` prints', async ({ muster, page, team }) => {
  const heard = complaints(page, /status of 422/);
  await muster.write(STOCK);
  await team.leader.signIn(page);
  await page.goto(`${team.circle}/services`);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Stock' }).click();
  await expect(page.getByRole('button', { name: 'Take this bank into the circle' })).toBeVisible();
  await expectAccessible(page);

  // The files break while the page is open.
  await muster.write(FAULTY);
  const printed = aboutStock(muster);
  expect(printed.length).toBeGreaterThanOrEqual(2);
  await page.getByRole('button', { name: 'Take this bank into the circle' }).click();
  await expect(page.locator('.error')).toBeFocused();
  const said = await page.locator('.error li').allInnerTexts();
  expect(said.filter((line) => line.includes('error'))).toEqual(printed);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);

  await page.goto(`${team.circle}/services/stock`);
  await expect(page.getByRole('button', { name: /^Take/ })).toHaveCount(0);
  await expect(page.getByText('This bank has errors and cannot be taken yet')).toBeVisible();
  const listed = await page.locator('main code').allInnerTexts();
  expect(listed.filter((line) => line.includes('error'))).toEqual(printed);
  await page.goto(`${team.circle}/services`);
  await expect(page.getByText('1 service, 6 ready questions.')).toBeVisible();
  await expect(page.getByText(/\d errors?, cannot be taken/)).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);

  // Mended, it is taken; and again after a change.
  await muster.write(STOCK);
  await page.goto(`${team.circle}/services/stock`);
  await page.getByRole('button', { name: 'Take this bank into the circle' }).click();
  await expect(page.getByText('The bank is taken: 2 added, 0 changed, 0 unchanged, 0 outdated.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Take the bank from the shelf' }).click();
  await expect(page.getByText('The bank is taken: 0 added, 0 changed, 2 unchanged, 0 outdated.')).toBeVisible();
  await muster.write({ 'stock/process/negative.md': QUESTION.replace('twice', 'three times') });
  await page.getByRole('button', { name: 'Take the bank from the shelf' }).click();
  await expect(page.getByText('The bank is taken: 0 added, 1 changed, 1 unchanged, 0 outdated.')).toBeVisible();
  expect(heard).toEqual([]);
});

test('a bank that is in the circle and broke since keeps what was taken', async ({ muster, page, team }) => {
  await team.leader.signIn(page);
  await muster.write({ 'orders/process/first-steps.md': 'No answer at all.\n' });
  await page.goto(`${team.circle}/services/orders`);
  await page.getByRole('button', { name: 'Take the bank from the shelf' }).click();
  await expect(page.locator('.error')).toBeFocused();
  await page.goto(`${team.circle}/services/orders`);
  await expect(page.getByText('6 ready questions', { exact: true })).toBeVisible();
});

test('an engineer sees neither the shelf nor the questions', async ({ page, team }) => {
  const ada = await team.join('Ada Brown');
  await ada.signIn(page);
  await page.goto(`${team.circle}/services`);
  await expect(page.getByText('Banks on the shelf')).toHaveCount(0);
  await page.getByRole('link', { name: 'Orders' }).click();
  await expect(page.getByRole('heading', { name: 'Orders' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Questions', exact: true })).toHaveCount(0);
  await expect(page.locator('a[href*="/questions/"]')).toHaveCount(0);
  await expectAccessible(page);
  expect((await page.goto(`${team.circle}/questions/orders/process/first-steps`)).status()).toBe(404);
});
