// Incidents in a browser: what Alertmanager delivers becomes one, it is worked through, refuses to close, and closes.

import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

/** axe itself is a script: where pages have none, only their width is looked at. */
async function expectFine(page, hasScript) {
  if (hasScript) await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

function body(name, status) {
  const alert = {
    status,
    labels: { alertname: name, severity: 'critical', instance: 'a-very-long-name-of-a-host.example.internal:9090' },
    annotations: { summary: 'Opening a cart takes longer than 20 seconds', runbook_url: 'https://wiki.example.org/carts' },
    startsAt: '2026-03-02T03:00:00.123456789Z',
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: `f-${name}`,
  };
  return {
    version: '4',
    groupKey: `{}:{alertname="${name}"}`,
    truncatedAlerts: 0,
    status,
    receiver: 'muster',
    groupLabels: { alertname: name },
    commonLabels: alert.labels,
    commonAnnotations: alert.annotations,
    externalURL: 'http://alertmanager:9093',
    alerts: [alert],
  };
}

/** The leader makes a source and copies what the page shows; returns how something is delivered. */
async function connect(page, team, name) {
  await page.goto(`${team.circle}/signal-sources`);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Make the source' }).click();
  const settings = await page.locator('.notice pre').innerText();
  const path = settings.match(/\/hooks\/\w+/)[0];
  const token = settings.match(/credentials: (\w+)/)[1];
  return async (data) => {
    const sent = await page.request.post(path, { data, headers: { authorization: `Bearer ${token}` } });
    expect(sent.status()).toBe(202);
  };
}

for (const [mode, options] of [
  ['with a script', { colorScheme: 'light' }],
  ['in the dark, without a script', { colorScheme: 'dark', javaScriptEnabled: false }],
]) {
  test.describe(mode, () => {
    test.use(options);
    const hasScript = options.javaScriptEnabled !== false;

    test(`what Alertmanager delivers becomes an incident that is closed in the end, ${mode}`, async ({ page, team }) => {
      const heard = complaints(page);
      const name = options.colorScheme === 'dark' ? 'CheckoutLatencyHigh' : 'CartLatencyHigh';
      await team.leader.signIn(page);
      await page.goto(`${team.circle}/incidents`);
      await expectFine(page, hasScript);
      const deliver = await connect(page, team, `Alertmanager ${mode}`);
      await expectFine(page, hasScript);

      await deliver(body(name, 'firing'));
      await expect(async () => {
        await page.goto(`${team.circle}/incidents?q=${name}`);
        await expect(page.getByRole('link', { name: new RegExp(`^INC-\\d+ ${name}`) })).toBeVisible({ timeout: 500 });
      }).toPass();
      await expectFine(page, hasScript);
      await page.getByRole('link', { name: new RegExp(`^INC-\\d+ ${name}`) }).click();
      await expect(page.getByText('SEV 1')).toBeVisible();
      await expect(page.getByText('1 of 1 fire')).toBeVisible();
      await expect(page.getByRole('heading', { name: 'Next update for stakeholders' })).toBeVisible();
      await expectFine(page, hasScript);

      // One tap, by keyboard.
      await page.getByRole('button', { name: 'Acknowledge' }).focus();
      await page.keyboard.press('Enter');
      await expect(page.getByRole('status')).toContainText('The phase is noted.');
      await page.getByText('Severity, impact, service').click();
      await page.getByLabel('Business is or was affected').check();
      await page.getByLabel('What customers notice').fill('One cart in eight opens late.');
      await page.getByRole('button', { name: 'Save the changes' }).click();
      await page.getByRole('textbox', { name: 'Update for stakeholders' }).fill('Carts open late. We know why.');
      await page.getByRole('button', { name: 'Note the update' }).click();
      await page.getByLabel('For the timeline').fill('Internal: the pool of the cart service is full.');
      await page.getByRole('button', { name: 'Add it' }).click();
      for (const [kind, words] of [['Action taken', 'Raised the pool.'], ['Root cause', 'The pool was too small.']]) {
        await page.getByLabel('For the timeline').fill(words);
        await page.getByLabel('It is a').selectOption({ label: kind });
        await page.getByLabel('Stakeholders may read it').check();
        await page.getByRole('button', { name: 'Add it' }).click();
      }
      await page.getByText('Later, because').click();
      await page.getByLabel('Put it off by').fill('soon');
      await page.getByRole('button', { name: 'Put it off' }).click();
      await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
      await expectFine(page, hasScript);

      await deliver(body(name, 'resolved'));
      await expect(async () => {
        await page.goto(page.url().split('?')[0]);
        await expect(page.getByText('All of its alerts have ended.')).toBeVisible({ timeout: 500 });
      }).toPass();
      await page.getByRole('button', { name: 'Close the incident' }).click();
      await expect(page.getByText('There are no resolution notes').first()).toBeVisible();
      await expectFine(page, hasScript);
      await page.getByLabel('Resolution notes').fill('The pool has 40 places now.');
      await page.getByRole('button', { name: 'Save the notes' }).click();
      await page.getByLabel('Close it all the same, because').fill('We decide about the postmortem on Monday.');
      await page.getByRole('button', { name: 'Close the incident' }).click();
      await expect(page.getByRole('status')).toContainText('The incident is closed.');
      await expectFine(page, hasScript);

      await page.getByRole('link', { name: 'Report', exact: true }).click();
      await expect(page.getByText('Raised the pool.')).toBeVisible();
      await expect(page.getByText('the pool of the cart service is full')).toHaveCount(0);
      await expectFine(page, hasScript);
      // What was refused was answered with 422, which the console names.
      expect(heard.filter((line) => !line.includes('422'))).toEqual([]);
    });

    test(`a leader looks at what came and tries rules on it, ${mode}`, async ({ page, team }) => {
      const heard = complaints(page);
      await team.leader.signIn(page);
      const deliver = await connect(page, team, `Tried ${mode}`);
      await deliver({ text: 'from a template of our own' });
      await deliver(body('DiskFull', 'firing'));
      await expect(async () => {
        await page.goto(`${team.circle}/signals?state=unknown`);
        await expect(page.getByRole('row').nth(1)).toBeVisible({ timeout: 500 });
      }).toPass();
      await expectFine(page, hasScript);
      await page.getByRole('row').nth(1).getByRole('link').click();
      await expect(page.getByText('from a template of our own')).toBeVisible();
      await expect(page.getByRole('button', { name: 'Read it again' })).toBeVisible();
      await expectFine(page, hasScript);

      await page.goto(`${team.circle}/signal-rules`);
      await expectFine(page, hasScript);
      await page.getByLabel('Rules', { exact: true }).fill('alertname=Disk* -> ignore\noops');
      await page.getByLabel('Try them on a delivery').selectOption({ index: 1 });
      await page.getByRole('button', { name: 'Try them' }).click();
      await expect(page.getByText('Line 2:').first()).toBeVisible();
      await expectFine(page, hasScript);
      await page.getByLabel('Rules', { exact: true }).fill('alertname=Disk* -> ignore');
      await page.getByRole('button', { name: 'Try them' }).click();
      await expect(page.getByRole('heading', { name: 'What these rules would do' })).toBeVisible();
      await expectFine(page, hasScript);
      await page.getByRole('button', { name: 'Save the rules' }).click();
      await expect(page.getByRole('status')).toContainText('The rules are saved.');
      await page.goto(`${team.circle}/incident-severities`);
      await expectFine(page, hasScript);
      await page.goto(`${team.circle}/open-incident`);
      await expectFine(page, hasScript);
      expect(heard.filter((line) => !line.includes('422'))).toEqual([]);
    });
  });
}

test('the clock to the next update counts down', async ({ page, team }) => {
  await team.leader.signIn(page);
  const made = await team.leader.post(`${team.circle}/open-incident`, { title: 'Checkout is slow', severity: '1' });
  await page.clock.install();
  await page.goto(made);
  const left = page.locator('#next-update + p b');
  await expect(left).toHaveText(/^in (29|30) min$/);
  // The island is there once the clock moves.
  await expect(async () => {
    await page.clock.fastForward('05:00');
    await expect(left).toHaveText(/^in (1\d|2[0-4]) min$/, { timeout: 500 });
  }).toPass();
});
