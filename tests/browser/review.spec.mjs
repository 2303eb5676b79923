// A review in a browser: three people follow live, one of them drops out and comes back; one without a script reloads.

import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

async function expectFine(page) {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** A round that two people sat without knowing anything, and its review, which opened by itself. */
async function reviewed(team, name) {
  const ada = await team.join(`Ada ${name}`);
  const bo = await team.join(`Bo ${name}`);
  const round = await team.plan([ada, bo], { name });
  for (const person of [ada, bo]) {
    const attempt = await person.start(round);
    await person.post(`${attempt}/check`, {});
  }
  await team.leader.post(round, { do: 'close' });
  let review;
  await expect(async () => {
    const list = await team.leader.read(`${team.circle}/reviews`);
    review = list.split('<tr>').find((row) => row.includes(`>${name}</a>`))?.match(/href="([^"]+)"/)[1];
    expect(review).toBeTruthy();
  }).toPass({ timeout: 20_000 });
  return { ada, bo, review };
}

const awake = (page) => expect(page.locator('html[data-following=awake]')).toBeAttached();
const follows = (page) => expect(page.locator('#live-says')).toContainText('You follow live.');
const now = (page, n) => expect(page.locator('.meeting-bar')).toContainText(`Now at ${n} of`);

async function opened(browser, muster, person, review, options = {}) {
  const context = await browser.newContext({ baseURL: muster.url, ...options });
  const page = await context.newPage();
  const heard = complaints(page, /ERR_INTERNET_DISCONNECTED|ERR_NETWORK|ERR_FAILED|422/);
  await person.signIn(page);
  await page.goto(review);
  return { context, page, heard };
}

for (const colorScheme of ['light', 'dark']) {
  test(`three people hold a review, and one of them drops out, ${colorScheme}`, async ({ browser, muster, team }) => {
    test.setTimeout(120_000);
    const { ada, bo, review } = await reviewed(team, `Review ${colorScheme}`);
    const leads = await opened(browser, muster, team.leader, review, { colorScheme });
    const adas = await opened(browser, muster, ada, review, { colorScheme });
    const bos = await opened(browser, muster, bo, review, { colorScheme });
    await awake(leads.page);
    await follows(adas.page);
    await follows(bos.page);
    await expectFine(leads.page);
    await expectFine(adas.page);

    // It begins for all at once.
    await leads.page.getByRole('button', { name: 'Begin the review' }).press('Enter');
    for (const { page } of [leads, adas, bos]) {
      await now(page, 1);
      await follows(page);
    }
    await expectFine(leads.page);
    await expectFine(adas.page);
    await adas.page.getByRole('button', { name: 'I am here' }).click();
    await expect(leads.page.getByRole('checkbox', { name: ada.name })).toBeChecked();

    // What is being typed stays when the meeting goes on, and belongs to where it was begun.
    await adas.page.getByLabel('Note', { exact: true }).fill('The runbook names nobody.');
    await leads.page.locator('#go-next').focus();
    await leads.page.keyboard.press('Enter');
    await now(leads.page, 2);
    await now(adas.page, 2);
    await expect(leads.page.locator('#go-next')).toBeFocused();
    await expect(adas.page.getByLabel('Note', { exact: true })).toHaveValue('The runbook names nobody.');
    await expect(adas.page.getByRole('heading', { name: /^Your note on 1\./ })).toBeVisible();
    await adas.page.getByRole('button', { name: 'Add the note' }).click();
    await expect(adas.page.getByRole('heading', { name: /^Your note on 2\./ })).toBeVisible();
    await expect(adas.page.getByLabel('Note', { exact: true })).toHaveValue('');

    // Bo loses the line, and catches up.
    await bos.page.getByLabel('Note', { exact: true }).fill('I called everybody.');
    await bos.context.setOffline(true);
    await bos.page.getByRole('button', { name: 'Add the note' }).click();
    await expect(bos.page.locator('#live-says')).toContainText('is still here');
    await leads.page.getByRole('button', { name: 'Previous' }).click();
    await now(adas.page, 1);
    await expect(leads.page.getByText('The runbook names nobody.')).toBeVisible();
    await bos.context.setOffline(false);
    await expect(bos.page.getByLabel('Note', { exact: true })).toHaveValue('I called everybody.');
    await now(bos.page, 1);
    await bos.page.getByRole('button', { name: 'Add the note' }).click();
    await expect(bos.page.getByLabel('Note', { exact: true })).toHaveValue('');

    // An action and a decision, with the keyboard; a refusal keeps what was typed.
    await leads.page.getByText('Make an action here').press('Enter');
    await leads.page.getByLabel('What is to be done').fill('Say whom to call');
    await leads.page.getByRole('button', { name: 'Make the action' }).press('Enter');
    await expect(leads.page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
    await expectFine(leads.page);
    await expect(leads.page.getByLabel('What is to be done')).toHaveValue('Say whom to call');
    await leads.page.getByLabel('Owner').selectOption({ label: bo.name });
    await leads.page.getByRole('button', { name: 'Make the action' }).press('Enter');
    await expect(adas.page.getByRole('link', { name: /^CA-\d+ Say whom to call$/ }).first()).toBeVisible();
    await expect(leads.page.getByRole('heading', { name: 'Close the review' })).toBeVisible();
    const open = leads.page.locator('[data-live=form-close] li');
    for (let n = await open.count(); n > 0; n -= 1) {
      await open.first().getByRole('link').click();
      await awake(leads.page);
      await leads.page.getByRole('radio', { name: 'Fix a document' }).check();
      await leads.page.getByRole('button', { name: 'Write the decision down' }).click();
      await expect(open).toHaveCount(n - 1);
    }
    await expectFine(leads.page);
    await leads.page.getByRole('button', { name: 'Close it and write the minutes' }).click();
    for (const { page } of [leads, adas, bos]) {
      await expect(page.locator('.minutes')).toContainText('Review of');
    }
    await expect(adas.page.locator('.minutes')).toContainText('I called everybody.');
    await expectFine(adas.page);
    for (const question of ['We talked about', 'I could say', 'Something will change']) {
      await adas.page.getByRole('group', { name: question }).getByRole('radio', { name: 'Partly' }).check();
    }
    await adas.page.getByRole('button', { name: 'Send my answers' }).click();
    await leads.page.reload();
    await expect(leads.page.getByRole('heading', { name: 'What attendees say: 1 answered' })).toBeVisible();
    await expectFine(leads.page);
    for (const { context, heard } of [leads, adas, bos]) {
      expect(heard).toEqual([]);
      await context.close();
    }
  });
}

test('without a script all of it is there, and follows by reloading', async ({ browser, muster, team }) => {
  const { ada, review } = await reviewed(team, 'Without');
  const leads = await opened(browser, muster, team.leader, review, { javaScriptEnabled: false });
  const adas = await opened(browser, muster, ada, review, { javaScriptEnabled: false });
  await expect(adas.page.getByText('When a leader begins it')).toBeVisible();
  await leads.page.getByRole('button', { name: 'Begin the review' }).click();
  await now(leads.page, 1);
  await adas.page.reload();
  await now(adas.page, 1);
  await leads.page.getByRole('button', { name: 'Next' }).click();
  await adas.page.reload();
  await now(adas.page, 2);
  await adas.page.getByLabel('Note', { exact: true }).fill('Seen.');
  await adas.page.getByRole('button', { name: 'Add the note' }).click();
  await expect(adas.page.getByText('Your note is added.')).toBeVisible();
  await leads.page.reload();
  await expect(leads.page.getByText('Seen.')).toBeVisible();
  await leads.context.close();
  await adas.context.close();
});
