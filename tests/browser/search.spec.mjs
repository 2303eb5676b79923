// Search in a browser: one box on every page of a circle, by keyboard, and with nothing that a text could do.

import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

async function make(person, circle, title) {
  const fields = { title, fixes: 'alert', how: 'preventive', severity: '2' };
  return (await person.post(`${circle}/make-action`, fields)).split('?')[0];
}

for (const colorScheme of ['light', 'dark']) {
  test(`something is found from any page by keyboard, ${colorScheme}`, async ({ page, team }) => {
    const heard = complaints(page);
    await page.emulateMedia({ colorScheme });
    const address = await make(team.leader, team.circle, `Raise the ${colorScheme} <b>alarm</b> of ReplicationLagHigh`);
    await team.leader.signIn(page);
    await page.goto(team.circle);
    await page.getByRole('search', { name: 'Search this circle' }).getByRole('searchbox').focus();
    await page.keyboard.type(`${colorScheme} replication`);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/search\?q=/);
    const hit = page.getByRole('main').getByRole('link', { name: /Raise the/ });
    await expect(hit).toHaveAttribute('href', address);
    await expect(hit.locator('mark')).toHaveText([colorScheme, 'ReplicationLagHigh']);
    await expect(page.locator('main b')).toHaveCount(0);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 800 });

    await page.getByRole('link', { name: 'Actions 1' }).focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/kind=action/);
    await hit.focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(new RegExp(`${address}$`));
    await page.goto(`${team.circle}/search?q=nowhere`);
    await expectAccessible(page);
    await page.goto(`${team.circle}/search`);
    await expectAccessible(page);
    // A page that is left at once has no time to fade in.
    expect(heard.filter((line) => !line.includes('Transition was aborted'))).toEqual([]);
  });
}

test('long lists have pages', async ({ page, team }) => {
  for (let n = 1; n <= 22; n += 1) await make(team.leader, team.circle, `Mend the kettle ${n}`);
  await team.leader.signIn(page);
  await page.goto(`${team.circle}/search?q=kettle`);
  await expect(page.getByText('1–20 of 22')).toBeVisible();
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page.getByText('21–22 of 22')).toBeVisible();
});
