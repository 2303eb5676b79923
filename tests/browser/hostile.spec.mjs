// T21 and its kin: what people type is text, wherever it comes up.

import { BANK } from './bank.mjs';
import { awake, placesByKind, question, saves } from './sitting.mjs';
import { complaints, crawl } from './support.mjs';
import { expect, test } from './team.mjs';

const SCRIPT = '<script>alert(1)</script>';
const IMAGE = '<img src=x onerror=alert(1)>';

const ANSWERS = [
  `</textarea>${SCRIPT}`,
  `</script>${SCRIPT}`,
  `<!--<script>${IMAGE}-->`,
  `"><svg onload=alert(1)>`,
  `' onfocus=alert(1) autofocus='`,
  'a\u2028b\u2029c & &amp; &lt; \\u003c 𝔘𝔫𝔦 é e\u0301 \u202Eabc',
];

const NAME = `</title>${SCRIPT}${IMAGE} Eve`;

const MARKDOWN = `${SCRIPT} ${IMAGE} [a](javascript:alert(1)) **What** now?

<svg onload=alert(1)><math><mtext><style>${IMAGE}</style></mtext></math>

- [x] ${SCRIPT} right
  > ${IMAGE}
- [ ] [wrong](javascript:alert(1))
- [ ] \`</code>${SCRIPT}\`

> ${SCRIPT} because </details>${IMAGE}
`;

test.use({
  shelf: {
    ...BANK,
    'orders/monitoring/hostile.md': `+++\nlevel = 1\ntags = ["${SCRIPT}"]\nsources = ["runbook:${IMAGE}"]\n+++\n${MARKDOWN}`,
    'orders/service.toml': `name = "Orders ${IMAGE}"\nsummary = "${SCRIPT}"\nowner = "</dd>${IMAGE}"\n\n[links]\n"${SCRIPT}" = "https://example.org/'${IMAGE}"\n`,
  },
});

test('typed answers come back byte for byte and run nothing, with the script and without it', async ({ browser, page, team }) => {
  const heard = complaints(page);
  const { person, attempt } = await team.sitting('Ada Brown', page);
  const { short: n } = await placesByKind(page, attempt);
  const field = (page) => question(page, n).getByLabel('Your answer');
  const plain = await browser.newContext({ baseURL: new URL(page.url()).origin, javaScriptEnabled: false });
  const without = await plain.newPage();
  await person.signIn(without);
  for (const text of ANSWERS) {
    await page.goto(`${attempt}?q=${n}`);
    await awake(page);
    await saves(page, () => field(page).fill(text));
    await page.reload();
    await expect(field(page)).toHaveValue(text);
    await page.goto(`${attempt}?all=1`);
    await expect(field(page)).toHaveValue(text);
    await page.goto(`${attempt}/check`);
    await expect.soft(page.getByRole('row', { name: new RegExp(`^${n} `) })).toContainText(text.split('\u2028')[0].slice(0, 40), { timeout: 1_000 });

    await without.goto(`${attempt}?q=${n}`);
    await expect(field(without)).toHaveValue(text);
    await field(without).fill(`${text}!`);
    await without.getByRole('button', { name: 'Check answers and hand in' }).click();
    await without.goto(`${attempt}?q=${n}`);
    await expect(field(without)).toHaveValue(`${text}!`);
  }
  await plain.close();
  await expectNothingRan(page, heard);
});

test('hostile names, notes and questions are text on every page that shows them', async ({ browser, baseURL, page, team }) => {
  test.slow();
  const eve = await team.join(NAME);
  const hostile = await team.makeTest({
    name: `${SCRIPT} test`,
    rows: [{ topic: 'monitoring', n: 1 }, { topic: 'troubleshooting', n: 2 }],
  });
  const round = await team.plan([eve], { test: hostile, name: `"><${SCRIPT} round` });
  await team.leader.post(`${team.circle}/services`, {
    slug: 'by-hand', name: `${IMAGE} by hand`, summary: `</p>${SCRIPT}`, owner: SCRIPT,
  });
  const theirs = await (await browser.newContext({ baseURL })).newPage();
  const heardThere = complaints(theirs);
  await eve.signIn(theirs);
  const attempt = await eve.start(round);
  for (const path of ['', '?q=1', '?q=2', '?q=3', '?all=1', '/check', '/report/1']) {
    await theirs.goto(`${attempt}${path}`);
    await expectNothingRan(theirs, heardThere);
  }
  await theirs.getByLabel('What is wrong or missing?').fill(`</textarea>${SCRIPT}`);
  await theirs.getByRole('button', { name: 'Send report' }).click();
  await theirs.waitForURL((url) => !url.pathname.endsWith('/report/1'));
  await eve.post(`${attempt}/check`, {});
  await theirs.goto(team.circle);
  await crawl(theirs, () => expectNothingRan(theirs, heardThere));

  const heard = complaints(page);
  await team.leader.signIn(page);
  await page.goto(team.circle);
  const sorts = await crawl(page, () => expectNothingRan(page, heard));
  expect(sorts).toEqual(expect.arrayContaining(['/circles/…/members', '/circles/…/rounds/…', '/circles/…/tests/…', '/attempts/…/result']));
  for (const path of [`${round}`, `${hostile}`, `${hostile}/preview`, `${attempt}/result`, `${team.circle}/questions/orders/monitoring/hostile`, `${team.circle}/members/${eve.id}`, `${team.circle}/members/${eve.id}?remove=1`, '/people', `${team.circle}/services/by-hand`]) {
    expect((await page.goto(path)).status(), path).toBe(200);
    await expectNothingRan(page, heard);
  }
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${IMAGE} by hand`);
  await page.goto(`${team.circle}/members/${eve.id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(NAME);
});

test('what is shown again with an error, or comes from the address, is text too', async ({ page, team }) => {
  const heard = complaints(page, /status of (422|404)/);
  await team.leader.signIn(page);
  await page.goto(`${team.circle}/services`);
  await page.getByText('Add a service by hand').click();
  await page.getByLabel('Short name').fill(SCRIPT);
  await page.getByLabel('Name', { exact: true }).fill(`"${IMAGE}`);
  await page.getByLabel('What it is, in one sentence').fill(`\n</textarea>${SCRIPT}`);
  await page.getByRole('button', { name: 'Add the service' }).click();
  await expect(page.locator('.error')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(`"${IMAGE}`);
  await expect(page.getByLabel('What it is, in one sentence')).toHaveValue(`\n</textarea>${SCRIPT}`);
  await expectNothingRan(page, heard);
  const query = encodeURIComponent(`"></title></script>${SCRIPT}${IMAGE}`);
  for (const path of [`/members?q=${query}`, `/services/orders?q=${query}`, `/readiness?service=${query}`, `/plan-round?test=${query}`, `/members?done=${query}`, `/members?__err=${query}`, `/${query}`]) {
    await page.goto(`${team.circle}${path}`);
    await expectNothingRan(page, heard);
  }
  await page.context().clearCookies();
  for (const next of [`https://evil.example/`, `//evil.example/`, `/\\evil.example`, `javascript:alert(1)`, query]) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByLabel('E-mail').fill(team.leader.email);
    await page.getByLabel('Password').fill(team.leader.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForLoadState();
    expect(page.url(), next).toContain('http://127.0.0.1:');
    await page.context().clearCookies();
  }
  await expectNothingRan(page, heard);
});

/** No dialog, no complaint of the policy, and nothing in the page that people could have put there. */
async function expectNothingRan(page, heard) {
  expect.soft(heard.splice(0), page.url()).toEqual([]);
  const strange = await page.evaluate(() => {
    const ours = (script) => script.nonce || script.src;
    const found = [...document.querySelectorAll('svg[onload], math, img[onerror], [onfocus], iframe, a[href^="javascript:" i]')];
    return [...found, ...[...document.scripts].filter((script) => !ours(script))].map((element) => element.outerHTML.slice(0, 200));
  });
  expect.soft(strange, page.url()).toEqual([]);
}
