// The loop that the records close, in a browser without a script: what monitoring delivers becomes an incident, a
// postmortem, a corrective action, and a question that is drawn.

import { expect, test } from './team.mjs';

test.use({ javaScriptEnabled: false });

const ALERT = {
  version: '4',
  groupKey: '{}:{alertname="QueueDeepNow"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'muster',
  groupLabels: { alertname: 'QueueDeepNow' },
  commonLabels: { alertname: 'QueueDeepNow', severity: 'warning' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  alerts: [{
    status: 'firing',
    labels: { alertname: 'QueueDeepNow', severity: 'warning', service: 'mail' },
    annotations: { summary: 'Mails wait for an hour' },
    startsAt: '2026-03-02T03:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: 'deep-1',
  }],
};

const ended = (alert) => ({
  ...alert,
  status: 'resolved',
  alerts: alert.alerts.map((one) => ({ ...one, status: 'resolved', endsAt: '2026-03-02T04:00:00Z' })),
});

test('an alert becomes an incident, a postmortem, an action, and a question that is drawn', async ({ page, team }) => {
  test.slow();
  const ada = await team.join('Ada Brown');
  await team.leader.signIn(page);
  await team.leader.post(`${team.circle}/services`, { slug: 'mail', name: 'Mail', summary: 'It sends.', owner: 'Lea' });

  // Monitoring delivers, twice: it is one incident.
  await page.goto(`${team.circle}/signal-sources`);
  await page.getByLabel('Name', { exact: true }).fill('Alertmanager');
  await page.getByRole('button', { name: 'Make the source' }).click();
  const settings = await page.locator('.notice pre').innerText();
  const headers = { authorization: `Bearer ${settings.match(/credentials: (\w+)/)[1]}` };
  const deliver = (data) => page.request.post(settings.match(/\/hooks\/\w+/)[0], { data, headers });
  for (const alert of [ALERT, ALERT]) expect((await deliver(alert)).status()).toBe(202);
  const links = page.getByRole('link', { name: /^INC-\d+ / });
  await expect(async () => {
    await page.goto(`${team.circle}/incidents?q=QueueDeepNow`);
    await expect(links).toHaveCount(1, { timeout: 500 });
  }).toPass();
  await links.click();
  await expect(page.getByRole('link', { name: 'Mail' }).first()).toBeVisible();
  const incident = page.url();

  // It is worked through its phases, and refuses to close.
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByRole('button', { name: 'Mitigated' }).click();
  expect((await deliver(ended(ALERT))).status()).toBe(202);
  await expect(async () => {
    await page.goto(incident);
    await expect(page.getByText('All of its alerts have ended.')).toBeVisible({ timeout: 500 });
  }).toPass();
  await page.getByRole('button', { name: 'Close the incident' }).click();
  await expect(page.getByText('There are no resolution notes').first()).toBeVisible();
  await page.getByLabel('Resolution notes').fill('The consumer was restarted.');
  await page.getByRole('button', { name: 'Save the notes' }).click();

  // The postmortem is decided on, so it closes.
  await page.goto(`${team.circle}/postmortem-triggers?incident=${incident.split('/').at(-1)}`);
  for (const group of await page.getByRole('group').all()) await group.getByLabel('Yes').check();
  await page.getByRole('button', { name: 'Write the decision down' }).click();
  const decided = page.url();
  await page.goto(incident);
  await page.getByRole('button', { name: 'Close the incident' }).click();
  await expect(page.getByRole('status')).toContainText('The incident is closed.');

  // It is written and reviewed, with an action that somebody owns.
  await page.goto(decided);
  await page.getByRole('link', { name: 'Write the postmortem' }).click();
  await page.getByRole('button', { name: 'Begin the draft' }).click();
  await expect(page.getByLabel('Timeline')).toHaveValue(/Acknowledged/);
  await page.getByLabel('What surprised us').fill('The consumer held one message for an hour.');
  await page.getByRole('button', { name: 'Save it' }).click();
  await page.getByRole('button', { name: 'Send it to the review' }).click();
  await page.getByText('Say who was there').click();
  await page.getByRole('checkbox').first().check();
  await page.getByRole('button', { name: 'Save who was there' }).click();
  await page.getByText('Make an action', { exact: true }).click();
  await page.getByLabel('What is to be done').fill('Ask what a deep queue means');
  await page.getByLabel('Owner').selectOption({ label: 'Ada Brown' });
  await page.getByRole('button', { name: 'Make the action' }).click();
  await page.getByRole('button', { name: 'The team has reviewed it' }).click();
  await expect(page.getByText('Reviewed', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('link', { name: /Ask what a deep queue means/ })).toBeVisible();

  // A question comes of it, with its source.
  await page.getByRole('link', { name: 'Make a question of this' }).click();
  const [source] = (await page.getByLabel('The file').inputValue()).match(/postmortem:PM-\d+/);
  await page.getByLabel('Where it stands').fill('mail/monitoring/deep-queue');
  await page.getByLabel('The file').fill(`+++
sources = ["${source}"]
+++
The queue is deep and the consumer is idle. What do you look at first?

- [x] The message that it holds
- [ ] The disk of the broker
- [ ] The network between them
`);
  await page.getByRole('button', { name: 'Save the question' }).click();
  await expect(page.getByText('It is saved as a new version.')).toBeVisible();

  // It is drawn.
  const rules = { name: 'Mail', limit: '30', cut: '80', topic_cut: '60', counts_for: '180', version: '0', do: 'save' };
  const row = { 'service-0': 'mail', 'topic-0': 'monitoring', 'level-0': '', 'n-0': '1' };
  const made = (await team.leader.post(`${team.circle}/tests/new`, { ...row, ...rules })).split('?')[0];
  const attempt = await ada.start(await team.plan([ada], { name: 'Mail', test: made }));
  await page.context().clearCookies();
  await ada.signIn(page);
  await page.goto(attempt);
  await expect(page.getByText('The queue is deep and the consumer is idle.')).toBeVisible();
  await expect(page.getByText(source)).toHaveCount(0);
});
