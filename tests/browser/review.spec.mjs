// A review in a browser: three people follow live, one of them drops out and comes back; one without a script reloads.

import { awake, decideAll, follows, now, opened, reviewed } from './meeting.mjs';
import { expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

async function expectFine(page) {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
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
    for (const { page } of [leads, adas, bos]) await expect(page.getByRole('timer')).toHaveText(/^\d+:\d\d left$/);
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
    await decideAll(leads.page);
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

test('the time box counts down for everybody, and its end is said once', async ({ browser, muster, team }) => {
  const { ada, review } = await reviewed(team, 'Timed');
  const leads = await opened(browser, muster, team.leader, review);
  await leads.page.getByRole('button', { name: 'Begin the review' }).click();
  await now(leads.page, 1);
  const adas = await opened(browser, muster, ada, '/');
  await adas.page.clock.install();
  await adas.page.goto(review);
  await follows(adas.page);
  const timer = adas.page.getByRole('timer');
  await expect(timer).toHaveText(/left$/);
  await expect(adas.page.getByText(/^Time box \d+ min, until \d\d:\d\d$/)).toBeVisible();

  await adas.page.clock.fastForward('20:00');
  await expect(timer).toHaveText(/^\d+:\d\d over$/);
  await expect(adas.page.locator('#live-says')).toHaveText('The time box is over.');
  // What is new is told, and counts from the server's clock.
  await leads.page.getByRole('button', { name: 'Next' }).click();
  await now(adas.page, 2);
  await expect(timer).toHaveText(/left$/);
  await expect(adas.page.locator('#live-says')).toContainText('Now at 2 of');
  for (const { context, heard } of [leads, adas]) {
    expect(heard).toEqual([]);
    await context.close();
  }
});

test.describe('on a phone', () => {
  test('the agenda stands in a line above the item, and the whole of it is one press away', async ({ browser, muster, team }) => {
    const { review } = await reviewed(team, 'Small');
    const leads = await opened(browser, muster, team.leader, review, { viewport: { width: 390, height: 844 } });
    await leads.page.getByRole('button', { name: 'Begin the review' }).click();
    await now(leads.page, 1);
    await expect(leads.page.locator('[data-live=item]')).toContainText(/1 of \d+ · .+ · next: /);
    await leads.page.getByRole('link', { name: 'Agenda', exact: true }).click();
    await expect(leads.page.getByRole('heading', { name: 'Agenda' })).toBeInViewport();
    await leads.context.close();
  });
});

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
