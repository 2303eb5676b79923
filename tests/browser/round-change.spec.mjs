// A round that was planned is changed: before it opens, while it runs, and its end.

import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, local, test } from './team.mjs';

test('a planned round is changed in all its parts, and a wrong change keeps what was typed', async ({ page, team }) => {
  const heard = complaints(page, /422/);
  const ada = await team.join('Ada Brown');
  const bo = await team.join('Bo Lindqvist');
  const round = await team.plan([ada], { opens_at: local(60) });
  await team.leader.signIn(page);
  await page.goto(round);
  await page.getByRole('link', { name: 'Change this round' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('November readiness');
  await expect(page.getByRole('checkbox', { name: 'Ada Brown' })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: 'Bo Lindqvist' })).not.toBeChecked();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);

  await page.getByLabel('Name', { exact: true }).fill('');
  await page.getByRole('checkbox', { name: 'Bo Lindqvist' }).check();
  await page.getByRole('checkbox', { name: 'Ada Brown' }).uncheck();
  await page.getByRole('group', { name: 'Bo Lindqvist' }).getByLabel('Extra minutes').fill('20');
  await page.getByRole('button', { name: 'Save the changes' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveAccessibleDescription(/Enter a name/);
  await expect(page.getByRole('checkbox', { name: 'Bo Lindqvist' })).toBeChecked();
  await page.getByLabel('Name', { exact: true }).fill('December readiness');
  await page.getByRole('button', { name: 'Save the changes' }).click();

  await expect(page.getByText('The round is changed.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('December readiness');
  await expect(page.getByRole('row', { name: /Bo Lindqvist/ })).toContainText('20 min');
  await expect(page.getByRole('row', { name: /Ada Brown/ })).toHaveCount(0);
  expect(await bo.read(team.circle)).toContain('December readiness');
  expect(await ada.read(team.circle)).not.toContain('December readiness');
  expect(heard).toEqual([]);
});

test('while a round runs somebody joins, and closing it keeps whoever sits', async ({ page, team }) => {
  const ada = await team.join('Ada Sitting');
  const bo = await team.join('Bo Joining');
  const round = await team.plan([ada]);
  const attempt = await ada.start(round);
  await team.leader.signIn(page);
  await page.goto(`${round}/change`);
  await expect(page.getByText('Already started, and stays in the round: Ada Sitting.')).toBeVisible();
  await expect(page.getByLabel('Opens')).toHaveCount(0);
  await page.getByRole('checkbox', { name: 'Bo Joining' }).check();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Save the changes' }).click();
  await expect(page.getByRole('row', { name: /Bo Joining/ })).toContainText('Not started');

  await page.getByRole('link', { name: 'Close it now …' }).click();
  await expect(page.getByText('Nobody can start it any more; not started: 1.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Close the round' }).click();
  await expect(page.getByText('The round is closed. Nobody starts it any more.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Change this round' })).toHaveCount(0);
  await expect(page.getByRole('row', { name: /Ada Sitting/ })).toContainText('Sitting');
  expect(await ada.read(attempt)).toContain('Save');
  expect(await bo.read(`${round}/start`)).toContain('This round is closed');
});
