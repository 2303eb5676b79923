// The page of a service in a browser: written down by a leader, read at night on a phone without a script.

import { SERVICE } from './bank.mjs';
import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

async function expectFine(page) {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

for (const colorScheme of ['light', 'dark']) {
  test(`a leader writes a service down, ${colorScheme}`, async ({ page, team }) => {
    const heard = complaints(page);
    await page.emulateMedia({ colorScheme });
    const ada = await team.join(`Ada ${colorScheme}`);
    await team.leader.signIn(page);
    await page.goto(`${team.circle}/services/${SERVICE}`);
    await expectFine(page);
    await page.getByRole('link', { name: 'Change the service' }).click();
    await page.getByLabel('Name', { exact: true }).fill('');
    await page.getByRole('button', { name: 'Save the changes' }).click();
    await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
    await expectFine(page);
    await page.getByLabel('Name', { exact: true }).fill('Orders');
    await page.getByRole('radio', { name: /^Critical/ }).check();
    await page.getByLabel('Accountable').selectOption({ label: ada.name });
    await page.getByLabel('Service levels').fill('- Respond within **15 minutes**');
    await page.getByLabel('Hours').fill('Round the clock');
    await page.getByLabel('Who may call').fill('The shift lead');
    await page.getByRole('button', { name: 'Save the changes' }).click();
    await expect(page.getByText('The service is changed.')).toBeVisible();

    await page.getByRole('link', { name: /the path/i }).click();
    const first = page.getByRole('group', { name: 'Step 1' });
    await first.getByLabel('Somebody of the circle').selectOption({ label: ada.name });
    await first.getByLabel('or somebody else, by name').fill('');
    await first.getByLabel('Phone').fill('+44 20 7946 0112');
    await first.getByLabel('Called after').fill('0');
    const second = page.getByRole('group', { name: 'Step 2' });
    await second.getByLabel('or somebody else, by name').fill('Data centre');
    await second.getByLabel('Phone').fill('by mail');
    await second.getByLabel('Called after').fill('15');
    await page.getByRole('button', { name: 'Save the path' }).click();
    await expect(second.getByText('Enter a number that a phone can dial')).toBeVisible();
    await expectFine(page);
    await second.getByLabel('Phone').fill('+44 20 7946 0900');
    await page.getByRole('button', { name: 'Add a step' }).click();
    await expect(page.getByRole('group', { name: 'Step 4' })).toBeVisible();
    await expect(second.getByLabel('Phone')).toHaveValue('+44 20 7946 0900');
    await page.getByRole('button', { name: 'Save the path' }).click();
    await expect(page.getByText('The escalation path is saved.')).toBeVisible();
    await expectFine(page);

    await ada.signIn(page);
    await page.goto(`${team.circle}/services/${SERVICE}/documents/backups`);
    await expectFine(page);
    await page.getByRole('link', { name: /Write it|Change it/ }).click();
    await page.getByLabel('The page').fill('| what | where |\n|---|---|\n| full | second site |');
    await page.getByRole('button', { name: 'See the page first' }).click();
    await expect(page.getByRole('region', { name: 'What it would look like' }).getByRole('table')).toBeVisible();
    await expectFine(page);
    await page.getByRole('button', { name: 'Save it' }).click();
    await expect(page.getByText('Last restore test: never')).toBeVisible();
    await expectFine(page);
    await page.goto(`${team.circle}/documents`);
    await expectFine(page);
    expect(heard.filter((line) => !line.includes('422'))).toEqual([]);
  });
}

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });

  test('a call is made and logged from a phone', async ({ page, team }) => {
    const bo = await team.join('Bo');
    const path = `${team.circle}/services/${SERVICE}`;
    const revision = /name="revision" value="(\d+)"/.exec(await team.leader.read(`${path}/escalation`))[1];
    await team.leader.post(`${path}/escalation`, {
      revision, do: 'save', 'person-1': bo.id, 'name-1': '', 'phone-1': '112', 'after-1': '0',
    });
    await bo.signIn(page);
    await page.goto(path);
    const number = page.getByRole('link', { name: 'Call Bo, 112' });
    await expect(number).toHaveAttribute('href', 'tel:112');
    expect((await number.boundingBox()).y, 'on the first screen').toBeLessThan(844);
    await page.getByRole('link', { name: 'Log a call' }).click();
    await page.getByLabel('Who called').fill('The shift lead');
    await page.getByLabel('What it was about').fill('Orders stand still.');
    await page.getByRole('button', { name: 'Log the call' }).click();
    await expect(page.getByText('The call is logged.')).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: 'Orders stand still.' })).toContainText('Bo');
  });
});
