// What questions rest on, in a browser without a script: a runbook changes, its question asks to be checked.

import { expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

test.use({ javaScriptEnabled: false });

const QUESTION = `+++
sources = ["runbook:checks#monitoring"]
+++
What do you look at first?

- [x] The pool
- [ ] The disk
- [ ] The network
`;

test('a runbook changes, and its question is checked and confirmed', async ({ page, team }) => {
  await team.leader.signIn(page);
  await team.leader.post(`${team.circle}/services`, { slug: 'checks', name: 'Checks', summary: 'For checks.', owner: 'Lea' });
  await page.goto(`${team.circle}/write-question?from=runbook:checks%23monitoring&service=checks`);
  await page.getByLabel('Where it stands').fill('checks/monitoring/first-look');
  await page.getByLabel('The file').fill(QUESTION);
  await page.getByRole('button', { name: 'Save the question' }).click();
  await expect(page.getByText('It is saved as a new version.')).toBeVisible();
  const question = page.url().split('?')[0];

  for (const says of ['Look at the pool.', 'Look at the disk.']) {
    await page.goto(`${team.circle}/services/checks/runbook/edit`);
    await page.getByLabel('The page').fill(`# Checks\n\n## Monitoring\n\n${says}\n`);
    await page.getByRole('button', { name: 'Save as a version' }).click();
  }

  await page.goto(`${team.circle}/check-me`);
  await expect(page.getByText('What 1 question rests on has changed.')).toBeVisible();
  await page.goto(question);
  await expect(page.getByText('Added: Look at the disk.')).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: 'It is right as it is' }).click();
  await expect(page.getByText('It is confirmed, and drawn again.')).toBeVisible();
  await page.goto(`${team.circle}/check-me`);
  await expect(page.getByRole('heading', { name: 'No question asks to be checked' })).toBeVisible();
});
