// A review on two nodes that share one PostgreSQL: three people hold it, one of them drops out and comes back.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

import { awake, decideAll, follows, now, opened, reviewed } from './meeting.mjs';
import { Muster, test as base } from './support.mjs';
import { expect, Team } from './team.mjs';
import { BANK } from './bank.mjs';

const SERVER = process.env.TEST_POSTGRES;

/** Runs one statement on the server that stories make their databases on. */
function sql(statement) {
  const ran = spawnSync('psql', ['--no-psqlrc', '--quiet', '--dbname', SERVER, '--command', statement], { encoding: 'utf8' });
  if (ran.error || ran.status !== 0) throw new Error(`psql: ${ran.error?.message ?? ran.stderr}`);
}

const test = base.extend({
  /** Two programs on a database of their own, which is set up. */
  nodes: async ({}, use) => {
    const name = `muster_story_${randomBytes(6).toString('hex')}`;
    sql(`CREATE DATABASE ${name}`);
    const database = new URL(SERVER);
    database.pathname = `/${name}`;
    let first;
    let second;
    try {
      first = await Muster.create({ shelf: BANK, database: database.href });
      const team = await Team.setUp(first);
      second = await first.secondNode();
      await use({ first, second, team });
    } finally {
      await second?.stop('SIGKILL');
      await first?.remove();
      sql(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  },
});

// Two programs start and are set up before the story begins.
test.describe.configure({ timeout: 120_000 });

test.skip(!SERVER, 'TEST_POSTGRES names no PostgreSQL: two nodes need one; `cargo xtask test` brings it');

test('three people hold a review on two nodes, and one of them drops out', async ({ browser, nodes }) => {
  const { first, second, team } = nodes;
  const { ada, bo, review } = await reviewed(team, 'Two nodes');
  const lena = await opened(browser, first, team.leader, review);
  const adas = await opened(browser, second, ada, review);
  const bos = await opened(browser, second, bo, review);
  const everybody = [lena, adas, bos];
  expect(new URL(adas.page.url()).host).not.toBe(new URL(lena.page.url()).host);
  await awake(lena.page);
  for (const { page } of [adas, bos]) await follows(page);

  // It begins on the one node, and for those on the other.
  await lena.page.getByRole('button', { name: 'Begin the review' }).click();
  for (const { page } of everybody) {
    await now(page, 1);
    await follows(page);
  }
  await adas.page.getByRole('button', { name: 'I am here' }).click();
  await expect(lena.page.getByRole('checkbox', { name: ada.name })).toBeChecked();
  const write = async ({ page }, text) => {
    await page.getByLabel('Note', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Add the note' }).click();
  };
  await write(lena, 'It took us an hour in March.');
  for (const { page } of everybody) await expect(page.getByText('It took us an hour in March.')).toBeVisible();

  // Bo drops out in the middle of a note; the others go on.
  await bos.context.setOffline(true);
  await write(bos, 'I called everybody.');
  await expect(bos.page.locator('#live-says')).toContainText('is still here');
  await write(adas, 'The runbook names nobody.');
  await expect(lena.page.getByText('The runbook names nobody.')).toBeVisible();
  await lena.page.getByRole('button', { name: 'Next' }).click();
  await now(adas.page, 2);
  await write(adas, 'I was not sure either.');
  await expect(lena.page.getByText('I was not sure either.')).toBeVisible();
  await now(bos.page, 1);

  // He comes back, and sees where the meeting stands; what he wrote belongs to where he wrote it.
  await bos.context.setOffline(false);
  await now(bos.page, 2);
  await follows(bos.page);
  await expect(bos.page.getByText('I was not sure either.')).toBeVisible();
  await expect(bos.page.getByRole('heading', { name: /^Your note on 1\./ })).toBeVisible();
  await expect(bos.page.getByLabel('Note', { exact: true })).toHaveValue('I called everybody.');
  await bos.page.getByRole('button', { name: 'Add the note' }).click();
  await expect(bos.page.getByLabel('Note', { exact: true })).toHaveValue('');
  await lena.page.getByRole('button', { name: 'Previous' }).click();
  for (const { page } of everybody) {
    await now(page, 1);
    const notes = page.locator('ol.notes > li');
    await expect(notes).toHaveCount(3);
    await expect(notes.filter({ hasText: bo.name })).toContainText('I called everybody.');
  }

  await decideAll(lena.page);
  await lena.page.getByRole('button', { name: 'Close it and write the minutes' }).click();
  const said = ['It took us an hour in March.', 'The runbook names nobody.', 'I called everybody.', 'I was not sure either.'];
  for (const { page } of everybody) {
    for (const words of said) await expect(page.locator('.minutes')).toContainText(words);
  }
  // The minutes are the same file on both nodes.
  const files = await Promise.all([lena, adas].map(async ({ page }) => (await page.request.get(`${review}/minutes.md`)).text()));
  expect(files[0]).toBe(files[1]);
  for (const { context, heard } of everybody) {
    expect(heard).toEqual([]);
    await context.close();
  }
});
