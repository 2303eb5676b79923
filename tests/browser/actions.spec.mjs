// Corrective actions in a browser: made, worked on, decided, looked at as list, board, figures and stand-up.

import { BANK } from './bank.mjs';
import { sitAll } from './sitting.mjs';
import { complaints, expectAccessible, expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

async function expectFine(page) {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

const LONG = 'Write down whom to call when the primary of the orders database does not come back after a restart';

async function make(person, circle, fields) {
  const more = { fixes: 'alert', how: 'preventive', severity: '2', ...fields };
  return (await person.post(`${circle}/make-action`, more)).split('?')[0];
}

for (const colorScheme of ['light', 'dark']) {
  test(`an action is made, done and its effect seen, ${colorScheme}`, async ({ page, team }) => {
    const heard = complaints(page);
    await page.emulateMedia({ colorScheme });
    // The people of both colour schemes are in one team.
    const name = `Ada ${colorScheme}`;
    const ada = await team.join(name);
    await team.leader.signIn(page);
    await page.goto(`${team.circle}/actions`);
    await expectFine(page);
    await page.getByRole('link', { name: 'Make an action' }).click();
    await page.getByRole('button', { name: 'Make the action' }).click();
    await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
    await expectFine(page);

    await page.getByLabel('What is to be done').fill('Raise the pool alarm');
    await page.getByLabel('Why, and what is known').fill('It fires **late**:\n\n- at 95 %');
    await page.getByLabel('Tasks').fill('Ask Bo\nChange the rule');
    await page.getByLabel('Done when').fill('It fires at 80 %.');
    await page.getByRole('radio', { name: 'An alert' }).check();
    await page.getByRole('radio', { name: /Preventive/ }).check();
    await page.getByRole('radio', { name: /^2:/ }).check();
    await page.getByLabel('Owner').selectOption({ label: name });
    await page.getByLabel('Labels').fill('alerts, pool');
    await page.getByRole('button', { name: 'Make the action' }).click();
    const title = /^CA-\d+ Raise the pool alarm$/;
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
    const address = page.url().split('?')[0];
    await expectFine(page);

    await ada.signIn(page);
    await page.goto(team.circle);
    await expect(page.getByRole('heading', { name: 'Actions for you' })).toBeVisible();
    await page.getByRole('link', { name: title }).click();
    await page.getByRole('button', { name: 'Tick Ask Bo' }).click();
    await expect(page.getByText('1 of 2 done')).toBeVisible();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByLabel('Comment', { exact: true }).fill('Half of it.');
    await page.getByRole('button', { name: 'Add the comment' }).click();
    await expect(page.getByRole('listitem').filter({ hasText: 'Half of it.' })).toBeVisible();
    await page.getByRole('button', { name: 'Send to review' }).click();
    await expectFine(page);

    await team.leader.signIn(page);
    await page.goto(team.circle);
    await expect(page.getByRole('heading', { name: 'Actions that wait for you' })).toBeVisible();
    await expectFine(page);
    await page.getByRole('link', { name: title }).click();
    await page.getByRole('button', { name: 'Accept as done' }).click();
    await expect(page.getByRole('heading', { name: 'Done, without proof' })).toBeVisible();
    await expectFine(page);
    await page.getByLabel('Proof').fill('https://git.example.org/1');
    await page.getByRole('button', { name: 'Effect seen' }).click();
    await expect(page.getByText('Say why, in a sentence.').first()).toBeVisible();
    await page.getByLabel('Comment or reason').fill('The re-test passed.');
    await page.getByRole('button', { name: 'Effect seen' }).click();
    await expect(page.getByText('Lena Okafor saw an effect')).toBeVisible();
    expect(page.url()).toContain(address);
    await page.goto(`${address}/edit`);
    await expectFine(page);
    // The one form that was refused was answered with 422, which the console names.
    expect(heard.filter((line) => !line.includes('422'))).toEqual([]);
  });

  test(`actions side by side, in figures and at stand-up, ${colorScheme}`, async ({ page, team }) => {
    const heard = complaints(page);
    await page.emulateMedia({ colorScheme });
    const name = `Bo ${colorScheme}`;
    const bo = await team.join(name);
    const first = await make(team.leader, team.circle, { title: 'First of Bo', owner: bo.id, labels: 'pool' });
    const second = await make(team.leader, team.circle, { title: LONG, owner: bo.id, tasks: 'One\nTwo' });
    await bo.post(first, { do: 'move', move: 'start' });
    await bo.signIn(page);

    await page.goto(`${team.circle}/actions`);
    await expectFine(page);
    await page.getByLabel('Owner').selectOption({ label: 'Me' });
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page.getByRole('link', { name: 'Remove the filter Mine' })).toBeVisible();
    await page.getByRole('link', { name: 'Board' }).click();
    await expectFine(page);
    const number = second.split('/').at(-1);
    await page.getByLabel(`What to do with ${number}`).selectOption({ label: 'Start' });
    await page.getByRole('button', { name: `Move ${number}` }).click();
    await expect(page.getByRole('heading', { name: /^Pause CA-\d+\?$/ })).toBeVisible();
    await expectFine(page);
    await page.getByRole('button', { name: /^Pause CA-\d+ and start/ }).click();
    await expect(page.getByText(`${name} started it`)).toBeVisible();

    await page.goto(`${team.circle}/actions?view=figures`);
    await expect(page.getByRole('heading', { name: /not finished/ })).toBeVisible();
    await expectFine(page);
    await page.goto(`${team.circle}/stand-up`);
    await expect(page.getByRole('region', { name })).toContainText('No comment yet');
    await expectFine(page);
    await page.goto(`${team.circle}/calendar`);
    await page.getByRole('button', { name: 'Make an address' }).click();
    await expect(page.getByLabel('Link')).toHaveValue(/\/calendars\/[0-9a-f]{40}\.ics$/);
    await expectFine(page);
    await team.leader.signIn(page);
    await page.goto(`${team.circle}/action-days`);
    await expectFine(page);
    expect(heard).toEqual([]);
  });
}

test('the whole way works without a script and by keyboard alone', async ({ browser, team }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await team.leader.signIn(page);
  const action = await make(team.leader, team.circle, { title: 'Without a script', owner: team.leader.id ?? '' });
  await page.goto(`${action}/edit`);
  const press = async (key) => page.keyboard.press(key);
  const owner = page.getByLabel('Owner');
  await owner.focus();
  await press('L');
  await expect(owner.locator('option:checked')).toHaveText(/^Lena/);
  await page.getByRole('button', { name: 'Save the changes' }).focus();
  await press('Enter');
  await expect(page.getByText('The changes are saved.')).toBeVisible();
  await page.getByRole('button', { name: 'Start' }).focus();
  await press('Enter');
  await expect(page.getByText('Lena Okafor started it')).toBeVisible();
  await context.close();
});

const QUESTIONS = Object.keys(BANK).filter((path) => path.endsWith('.md')).map((path) => path.replace('.md', ''));

for (const colorScheme of ['light', 'dark']) {
  test(`an action that came from questions is judged after a re-test, ${colorScheme}`, async ({ page, team }) => {
    test.slow();
    const heard = complaints(page);
    await page.emulateMedia({ colorScheme });
    const { person, attempt } = await team.sitting(`Cleo ${colorScheme}`, page);
    await sitAll(page, attempt, { right: false });
    await page.goto(`${attempt}/result`);
    await page.locator('details.panel summary').first().click();
    await page.getByRole('link', { name: 'Make an action from it' }).first().click();
    await expect(page.getByText('It comes from this question.')).toBeVisible();
    await expectFine(page);

    await team.leader.signIn(page);
    await page.goto(`${team.circle}/questions/${QUESTIONS[0]}`);
    await page.getByRole('link', { name: 'Make an action from it' }).click();
    await expect(page.getByLabel('Questions that it came from')).toHaveValue(QUESTIONS[0]);
    await page.getByLabel('Questions that it came from').fill(QUESTIONS.join('\n'));
    await page.getByLabel('What is to be done').fill(`Explain it ${colorScheme}`);
    await page.getByRole('radio', { name: 'A document' }).check();
    await page.getByRole('radio', { name: /Preventive/ }).check();
    await page.getByRole('radio', { name: /^2:/ }).check();
    await page.getByLabel('Owner').selectOption({ label: person.name });
    await page.getByRole('button', { name: 'Make the action' }).click();
    const facts = page.getByRole('complementary', { name: 'Facts' });
    await expect(facts.getByText('Assign by')).toBeVisible();
    await expect(facts.getByText('Done by')).toBeVisible();
    await expect(page.getByText('When it is done, answers to its 6 questions')).toBeVisible();
    const action = new URL(page.url()).pathname;

    for (const move of ['start', 'review']) await person.post(action, { do: 'move', move });
    await page.goto(action);
    await page.getByLabel('Proof').fill('https://wiki.example.org/1');
    await page.getByRole('button', { name: 'Accept as done' }).click();
    await expect(page.getByRole('heading', { name: 'Effect: not enough answers yet (0 of 5)' })).toBeVisible();
    await expectFine(page);

    const again = await person.start(await team.plan([person], { name: `Re-test ${colorScheme}` }));
    await person.signIn(page);
    await sitAll(page, again);
    await team.leader.signIn(page);
    await page.goto(team.circle);
    await expect(page.getByText('Effect can be judged now')).toBeVisible();
    await expectFine(page);
    await page.goto(`${team.circle}/actions?effect=judge`);
    await expect(page.getByRole('link', { name: 'Remove the filter Effect can be judged' })).toBeVisible();
    await expectFine(page);
    await page.getByRole('link', { name: `Explain it ${colorScheme}` }).click();
    await expect(page.getByRole('heading', { name: 'The answers show an effect' })).toBeVisible();
    await page.locator('summary', { hasText: 'Question by question' }).click();
    await page.locator('summary', { hasText: 'What is counted' }).click();
    await expectFine(page);
    await page.getByLabel('Comment or reason').fill('The re-test shows it.');
    await page.getByRole('button', { name: 'Effect seen' }).click();
    const history = page.getByRole('region', { name: 'What happened' });
    // The team is one for both colour schemes, so the person before stands in the figures as well.
    await expect(history).toContainText(/Right answers: before 0\s%\sof (6|12), after 100\s%\sof 6\./);
    await expectFine(page);
    expect(heard).toEqual([]);
  });
}
