// A review as people hold it: opened by itself, followed by each in a browser of their own.

import { complaints } from './support.mjs';
import { expect } from './team.mjs';

/** A round that two people sat without knowing anything, and its review, which opened by itself. */
export async function reviewed(team, name) {
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

export const awake = (page) => expect(page.locator('html[data-following=awake]')).toBeAttached();
export const follows = (page) => expect(page.locator('#live-says')).toContainText('You follow live.');
export const now = (page, n) => expect(page.locator('.meeting-bar')).toContainText(`Now at ${n} of`);

/** A browser of somebody's own, who looks at a review on one node. */
export async function opened(browser, muster, person, review, options = {}) {
  const context = await browser.newContext({ baseURL: muster.url, ...options });
  const page = await context.newPage();
  const heard = complaints(page, /ERR_INTERNET_DISCONNECTED|ERR_NETWORK|ERR_FAILED|422/);
  await person.signIn(page);
  await page.goto(review);
  return { context, page, heard };
}

/** Gives every open question a decision, as the leader, with the keyboard's way through the list of what is open. */
export async function decideAll(page, decision = 'Fix a document') {
  const open = page.locator('[data-live=form-close] li');
  for (let n = await open.count(); n > 0; n -= 1) {
    await open.first().getByRole('link').click();
    await awake(page);
    await page.getByRole('radio', { name: decision }).check();
    await page.getByRole('button', { name: 'Write the decision down' }).click();
    await expect(open).toHaveCount(n - 1);
  }
}
