// The same sitting as a plain form: no script, and a screen of 320 px.

import { CANARY, KINDS } from './bank.mjs';
import { answer, expectAnswered, goes, match, place, placesShown, question, step, steps } from './sitting.mjs';
import { expectNoSidewaysScroll } from './support.mjs';
import { expect, test } from './team.mjs';

test.use({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });

const press = (page) => (button) => goes(page, () => button.click());

test('a taker starts, answers all six kinds, hands in and reads the result', async ({ page, team }) => {
  const ada = await team.join('Ada Brown');
  await team.plan([ada]);
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(ada.email);
  await page.getByLabel('Password').fill(ada.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(new RegExp(`${team.circle}$`));
  await expectNoSidewaysScroll(page);
  await page.getByRole('link', { name: 'Start November readiness' }).first().click();
  await expect(page.getByText('The clock runs on our server.')).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page.getByRole('button', { name: 'Start the test' }).click();

  for (const n of [1, 2, 3, 4, 5, 6]) {
    await expect(page).toHaveTitle(`Question ${n} of 6 – November readiness – Muster`);
    await expectNoSidewaysScroll(page);
    expect(await page.content()).not.toContain(CANARY);
    const kind = await question(page, n).getAttribute('data-kind');
    await answer(page, kind, n, press(page));
    await question(page, n).getByLabel('Certain').check();
    await page.getByRole('button', { name: n < 6 ? 'Save and continue' : 'Save and check answers' }).click();
  }

  await expect(page.getByText('Every question has an answer')).toBeVisible();
  await expect(page.getByText('No confidence given')).toBeHidden();
  await expectNoSidewaysScroll(page);
  await page.getByRole('link', { name: 'Change answer 2' }).click();
  await expectAnswered(page, await question(page, 2).getAttribute('data-kind'), 2);
  await expect(question(page, 2).getByLabel('Certain')).toBeChecked();
  await page.getByRole('button', { name: 'Check answers and hand in' }).click();
  await page.getByRole('button', { name: 'Hand in 6 answers' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Ready for /);
  await expect(page.getByRole('heading', { name: 'Right: 6' })).toBeVisible();
  await expectNoSidewaysScroll(page);
});

test('every button of the runner saves before it leads on', async ({ page, team }) => {
  const { attempt } = await team.sitting('Bo Lindqvist', page);
  await page.goto(`${attempt}?q=1`);
  const kinds = {};
  const enter = async (n) => {
    kinds[n] = await question(page, n).getAttribute('data-kind');
    await answer(page, kinds[n], n, press(page));
  };
  await enter(1);
  await press(page)(place(page, 4));
  await expect(page).toHaveTitle(/^Question 4 of 6/);
  await expect(place(page, 1)).toHaveAccessibleName(/1 ?, answered/);
  await expect(page.locator('#map-says')).toHaveText('1 answered, 5 open, 0 marked');
  await expect(place(page, 4)).toHaveAttribute('aria-current', 'step');

  await enter(4);
  await question(page, 4).getByLabel('Mark for review').check();
  await press(page)(page.getByRole('button', { name: 'Save and go back' }));
  await expect(page).toHaveTitle(/^Question 3 of 6/);
  await expect(place(page, 4)).toHaveAccessibleName(/4 ?, answered, marked/);

  await enter(3);
  await press(page)(page.getByRole('button', { name: 'Show all questions on one page' }));
  await expectNoSidewaysScroll(page);
  for (const n of [1, 3, 4]) await expectAnswered(page, kinds[n], n);

  await enter(6);
  await press(page)(page.getByRole('button', { name: 'Show one question a page' }));
  await expect(page).toHaveTitle(/^Question 1 of 6/);
  await press(page)(page.getByRole('button', { name: 'Check answers and hand in' }));
  await expect(page.getByText('2 questions have no answer: 2, 5')).toBeVisible();
  await expect(page.getByText('⚑ Marked for review: 4')).toBeVisible();
  await page.getByRole('link', { name: 'Back to question 1' }).click();
  await expectAnswered(page, kinds[1], 1);
});

test('all six kinds are answered on one page', async ({ page, team }) => {
  const { attempt } = await team.sitting('Chiara Russo', page);
  await page.goto(`${attempt}?all=1`);
  const places = await placesShown(page);
  for (const kind of KINDS) await answer(page, kind, places[kind], press(page));
  await press(page)(page.getByRole('button', { name: 'Save and check answers' }));
  await expect(page.getByText('Every question has an answer')).toBeVisible();
  await page.goto(`${attempt}?all=1`);
  for (const kind of KINDS) await expectAnswered(page, kind, places[kind]);
});

test('a step that is moved keeps what else was typed, and the page stays at that question', async ({ page, team }) => {
  const { attempt } = await team.sitting('Deniz Aydın', page);
  await page.goto(`${attempt}?all=1`);
  const { ordering, numeric } = await placesShown(page);
  const here = question(page, ordering);
  const [first, second, third, last] = await steps(here);
  await question(page, numeric).getByLabel('Your number').fill('14,5 s');
  await press(page)(step(here, first).getByRole('button', { name: 'Move down' }));
  expect(await steps(here)).toEqual([second, first, third, last]);
  expect(page.url()).toContain(`#q${ordering}`);
  await expect(question(page, numeric).getByLabel('Your number')).toHaveValue('14,5 s');

  await step(here, last).getByLabel('Position of this step').selectOption('1');
  await press(page)(page.getByRole('button', { name: 'Show one question a page' }));
  await page.goto(`${attempt}?q=${ordering}`);
  expect(await steps(here)).toEqual([last, second, first, third]);
});

test('an answer is taken back, and "I do not know" is an answer', async ({ page, team }) => {
  const { attempt } = await team.sitting('Emeka Obi', page);
  await page.goto(`${attempt}?all=1`);
  const { matching, multiple, single, short } = await placesShown(page);
  await match(question(page, matching), '502', 'No server was there');
  await question(page, multiple).getByLabel('Creating a topic').check();
  await question(page, single).getByLabel('I do not know').check();
  await question(page, short).getByLabel('Your answer').fill('something');
  await question(page, short).getByLabel('Your answer').press('Enter');
  await expect(page.locator('#map-says')).toHaveText('4 answered, 2 open, 0 marked');

  await question(page, matching).getByLabel('Match for 502').selectOption('');
  await question(page, multiple).getByLabel('Creating a topic').uncheck();
  await question(page, short).getByLabel('Your answer').fill('');
  await question(page, short).getByLabel('Your answer').press('Enter');
  await expect(page.locator('#map-says')).toHaveText('1 answered, 5 open, 0 marked');
  await expect(question(page, single).getByLabel('I do not know')).toBeChecked();
});

test('a question is reported from the runner, and a report without words is refused where it was typed', async ({ page, team }) => {
  const { attempt } = await team.sitting('Femke de Vries', page);
  await page.goto(`${attempt}?q=2`);
  await page.getByRole('button', { name: 'Something is wrong with this question' }).click();
  await expectNoSidewaysScroll(page);
  await page.getByRole('button', { name: 'Send report' }).click();
  await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
  await page.getByLabel('What is wrong or missing?').fill('It is unclear.');
  await page.getByRole('button', { name: 'Send report' }).click();
  await expect(page).toHaveTitle(/^Question 2 of 6/);
  await expect(page.getByText('You reported this question.')).toBeVisible();
});
