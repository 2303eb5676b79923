// What Chromium loads for a page while it keeps no file, as JSON: bytes on the wire with their headers, and requests.
//
//   node cold.mjs PLAYWRIGHTS_PACKAGE_JSON CHROMIUM URL test EMAIL PASSWORD ROUND
//   node cold.mjs PLAYWRIGHTS_PACKAGE_JSON CHROMIUM URL others

import { createRequire } from 'node:module';

const [packageJson, executablePath, url, what, ...words] = process.argv.slice(2);
const { chromium } = createRequire(packageJson)('@playwright/test');

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const browser = await chromium.launch({ executablePath, args: QUIET });
const pages = what === 'test' ? await testPages(...words) : await otherPages();
await browser.close();
console.log(JSON.stringify(pages));

/** The runner, with one question and with all of them. */
async function testPages(email, password, round) {
  const page = await newPage();
  await page.goto('/sign-in');
  await page.fill('[name=email]', email);
  await page.fill('[name=password]', password);
  await page.press('[name=password]', 'Enter');
  await page.waitForURL('**/circles/*');
  await page.goto(`${new URL(page.url()).pathname}/rounds/${round}/start`);
  await page.click('main form button.primary');
  await page.waitForURL('**/attempts/*');
  const path = new URL(page.url()).pathname;
  return [await cold(page, path), await cold(page, `${path}?all=1`)];
}

/** A page of each sort that links lead to, as nobody, as a leader, an engineer and a reader. */
async function otherPages() {
  const loaded = [];
  const first = await newPage();
  loaded.push(await cold(first, '/'), await cold(first, '/set-up'), await cold(first, '/sign-in'));
  await first.goto('/');
  await first.click('button:has-text("demo circle")');
  await first.waitForURL('**/demo');
  loaded.push(await cold(first, '/demo'));
  for (const name of ['Lena Okafor', 'Ada Brown', 'Bo Lindqvist', 'Grace Mbeki']) {
    const page = await newPage();
    await page.goto('/demo');
    await page.click(`button:has-text("${name}")`);
    await page.waitForURL('**/circles/demo');
    loaded.push(...(await crawl(page, name)));
  }
  return loaded;
}

async function crawl(page, name) {
  const waiting = [page.url()];
  const sorts = new Set();
  const loaded = [];
  while (waiting.length > 0) {
    const address = waiting.shift();
    const sort = sortOf(address);
    if (sorts.has(sort)) continue;
    sorts.add(sort);
    const { pathname, search, origin } = new URL(address);
    const one = await cold(page, pathname + search);
    // The runner and the page before handing in are the test page's own matter.
    if (!/^\/attempts\/[^/]+(\/check)?$/.test(pathname)) loaded.push({ ...one, path: `${name}: ${pathname}${search}` });
    const links = await page.locator('a[href]').evaluateAll((links) => links.map((link) => link.href));
    waiting.push(...links.map((link) => link.split('#')[0]).filter((link) => isPage(new URL(link), origin)));
  }
  return loaded;
}

/** Whether an address is a page of ours, and no file to keep. */
function isPage(address, ours) {
  return address.origin === ours && !/\.(csv|ics|json|md)$/.test(address.pathname);
}

/** The path without what names one of many, and which queries it has. */
function sortOf(address) {
  const { pathname, searchParams } = new URL(address);
  const path = pathname
    .replace(/\/(tests|rounds|members|attempts|reviews|actions)\/(?!new\b)[^/]+/g, '/$1/…')
    .replace(/\/(questions|disputes|marking|results|readiness)\/.+/, '/$1/…')
    .replace(/\/report\/.+/, '/report/…');
  return [path, ...[...searchParams.keys()].sort()].join(' ');
}

async function newPage() {
  const context = await browser.newContext({ baseURL: url });
  return context.newPage();
}

/** Opens a page as one who was never there, except for the cookie. */
async function cold(page, path) {
  const wire = await page.context().newCDPSession(page);
  await wire.send('Network.enable');
  await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
  const seen = { bytes: 0, requests: 0, wasm: false };
  wire.on('Network.requestWillBeSent', ({ request, redirectResponse }) => {
    seen.requests += 1;
    seen.bytes += redirectResponse?.encodedDataLength ?? 0;
    seen.wasm ||= request.url.endsWith('.wasm');
  });
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => {
    seen.bytes += encodedDataLength;
  });
  const response = await page.goto(path);
  // A review is never idle: it listens.
  await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => {});
  // An alert that no runbook describes has a page that says so.
  const isThere = response.status() === 200 || (path.startsWith('/alerts/') && response.status() === 404);
  if (!isThere) throw new Error(`${path}: status ${response.status()}`);
  const hasIsland = (await page.locator('leptos-island').count()) > 0;
  await wire.detach();
  return { path, n_bytes: seen.bytes, n_requests: seen.requests, loads_wasm: seen.wasm, has_island: hasIsland };
}
