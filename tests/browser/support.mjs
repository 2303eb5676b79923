// What every story needs: a muster of its own, and the questions that are asked of every page.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test as base } from '@playwright/test';
import axe from 'axe-core';

const LISTENING = /^Listening on (http:\/\/\S+)/;
const TOKEN = /^Set-up token: (\S+)/;
const START_LIMIT = 30_000;
const STOP_LIMIT = 15_000;

/**
 * The tests of one file share one muster, as `muster`, with data of its own; `page.goto('/')` goes there.
 * A failed test ends the file's muster with it, so tests that build on each other stand in one test, step by step.
 *
 * `test.use({ shelf })` gives it banks of the file's own, as texts by their paths; `serveArgs` are more flags.
 */
export const test = base.extend({
  shelf: [undefined, { option: true }],
  serveArgs: [[], { option: true }],

  theFilesMuster: [
    async ({}, use) => {
      const held = { file: undefined, muster: undefined };
      await use(held);
      await held.muster?.remove();
    },
    { scope: 'worker' },
  ],

  muster: async ({ theFilesMuster: held, shelf, serveArgs }, use, testInfo) => {
    if (held.file !== testInfo.file) {
      await held.muster?.remove();
      held.muster = await Muster.create({ shelf, args: serveArgs });
      held.file = testInfo.file;
    }
    await use(held.muster);
  },

  baseURL: async ({ muster }, use) => use(muster.url),
});

export { expect };

/** A running `muster serve` and its folder of data. */
export class Muster {
  #folder;
  #own;
  #args;
  #process;
  #url;
  #token;
  #said = [];

  /** `database`: the address of an empty one; else it has a file of its own. */
  static async create({ shelf, args = [], database } = {}) {
    const muster = new Muster();
    muster.#folder = await mkdtemp(path.join(tmpdir(), 'muster-story-'));
    muster.#own = path.join(muster.#folder, 'data');
    muster.#args = database ? ['--database', database, ...args] : args;
    if (shelf) {
      await mkdir(muster.questions);
      await muster.write(shelf);
      muster.#args = ['--questions', muster.questions, ...muster.#args];
    }
    try {
      await muster.start();
    } catch (error) {
      await rm(muster.#folder, { recursive: true, force: true });
      throw error;
    }
    return muster;
  }

  /** A second node on the same database, which is set up by now. It shares the folder, and goes before the first. */
  async secondNode() {
    const node = new Muster();
    node.#folder = this.#folder;
    node.#own = path.join(this.#folder, 'second');
    node.#args = this.#args;
    node.#token = this.#token;
    await node.start();
    return node;
  }

  /** The folder of its shelf, if it has one of its own. */
  get questions() {
    return path.join(this.#folder, 'questions');
  }

  /** Puts texts on its shelf, each at its path; it sees them at once. */
  async write(texts) {
    for (const [name, text] of Object.entries(texts)) {
      const file = path.join(this.questions, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  /** Where it listens: the same address before and after a restart. */
  get url() {
    return this.#url;
  }

  /** What the first visitor needs to set it up. */
  get token() {
    return this.#token;
  }

  /** All that it has printed, line by line. */
  get said() {
    return this.#said;
  }

  /** What `muster check` prints about its shelf, line by line. */
  check() {
    const ran = spawnSync(program(), ['check', this.questions], { encoding: 'utf8', env: withoutSettings(process.env) });
    return `${ran.stdout}${ran.stderr}`.replaceAll(`${this.questions}/`, '').trim().split('\n');
  }

  /** Starts it, the first time on a free port and later on the same data and the same port. */
  async start() {
    const listen = this.#url ? new URL(this.#url).host : '127.0.0.1:0';
    const args = ['serve', '--listen', listen, '--data', this.#own, ...this.#args];
    this.#process = spawn(program(), args, {
      cwd: this.#folder,
      env: withoutSettings(process.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await this.#untilReady();
  }

  /** Ends it, as an operator would, or with SIGKILL as a power cut would. Its data stays. */
  async stop(signal = 'SIGTERM') {
    const running = this.#process;
    if (running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    const timer = setTimeout(() => running.kill('SIGKILL'), STOP_LIMIT);
    const [, endedBy] = await ended;
    clearTimeout(timer);
    expect(endedBy === 'SIGKILL' && signal !== 'SIGKILL', 'muster did not stop when it was asked to').toBe(false);
  }

  /** Ends it and forgets its data. */
  async remove() {
    await this.stop('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A muster without data is ready once it has also said its token; a later start says one only while nobody is set up. */
  #untilReady() {
    return new Promise((resolve, reject) => {
      const fail = (reason) => reject(new Error(`muster ${reason}; it said:\n${this.#said.join('\n')}`));
      const timer = setTimeout(() => fail(`was not ready within ${START_LIMIT} ms`), START_LIMIT);
      let listening;
      const hear = (line) => {
        this.#said.push(line);
        this.#token = TOKEN.exec(line)?.[1] ?? this.#token;
        listening = LISTENING.exec(line)?.[1] ?? listening;
        if (!listening || !this.#token) return;
        this.#url = listening;
        clearTimeout(timer);
        resolve();
      };
      createInterface(this.#process.stdout).on('line', hear);
      createInterface(this.#process.stderr).on('line', (line) => this.#said.push(line));
      this.#process.on('error', (error) => fail(`cannot be started (${error.message})`));
      this.#process.on('exit', (code, signal) => {
        clearTimeout(timer);
        fail(`ended with ${code ?? signal}`);
      });
    });
  }
}

/** Fails with a list of what keeps people with a disability from using the page; the story goes on. */
export async function expectAccessible(page, { except = [] } = {}) {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async (except) => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const options = { runOnly: { type: 'tag', values: tags }, rules: { 'target-size': { enabled: true } } };
    for (const rule of except) options.rules[rule] = { enabled: false };
    const { violations } = await globalThis.axe.run(document, options);
    return violations.map(({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map((node) => node.html).join('\n    ')}`);
  }, except);
  expect.soft(violations, `on ${page.url()}`).toEqual([]);
}

/**
 * Gathers what the page complains of from now on; a story expects the list to be empty at its end.
 * What matches `except` belongs to the story: a line that is cut complains.
 */
export function complaints(page, except = /$^/) {
  const heard = [];
  page.on('console', (message) => {
    const isBad = ['error', 'warning'].includes(message.type()) && !except.test(message.text());
    if (isBad) heard.push(`${message.type()}: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    heard.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  // A page that is left in a hurry has no time to fade; the browser calls that an error.
  const isHurry = (error) => /Transition was (skipped|aborted)/.test(String(error));
  page.on('pageerror', (error) => isHurry(error) || heard.push(String(error)));
  return heard;
}

/** Fails when a reader at this width would have to scroll sideways. */
export async function expectNoSidewaysScroll(page, width = 320) {
  await page.setViewportSize({ width, height: 640 });
  const needed = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(needed, `${page.url()} at ${width} px`).toBeLessThanOrEqual(width);
}

/**
 * Opens a page of each sort that links lead to from here, and calls `visit` on each, the first one included.
 * Pages that differ in nothing but which service, test, round or person they show are of one sort.
 */
export async function crawl(page, visit) {
  const { origin } = new URL(page.url());
  const waiting = [page.url()];
  const sorts = new Set();
  while (waiting.length > 0) {
    const address = waiting.shift();
    const sort = sortOf(address);
    if (sorts.has(sort)) continue;
    sorts.add(sort);
    const response = await page.goto(address);
    // An alert that no runbook describes has a page that says so, with what comes near.
    if (!sort.startsWith('/alerts/…') || response.status() !== 404) expect(response.status(), address).toBe(200);
    await visit(sort);
    const links = await page.locator('a[href]').evaluateAll((links) => links.map((link) => link.href));
    const isPage = (link) => new URL(link).origin === origin && !/\.(csv|ics|json|md)$/.test(new URL(link).pathname);
    waiting.push(...links.map((link) => link.split('#')[0]).filter(isPage));
  }
  return [...sorts];
}

/** The path without what names one of many, and which queries it has. */
function sortOf(address) {
  const { pathname, searchParams } = new URL(address);
  const path = pathname
    .replace(/\/(circles|services|tests|rounds|members|attempts|actions|reviews|alerts|incidents|postmortems|documents|signals)\/(?!new\b)[^/]+/g, '/$1/…')
    .replace(/\/questions\/[^/]+\/[^/]+\/[^/]+/, '/questions/…')
    .replace(/\/(readiness|results)\/.+/, '/$1/…')
    .replace(/\/report\/.+/, '/report/…');
  return [path, ...[...searchParams.keys()].sort()].join(' ');
}

function program() {
  const named = process.env.MUSTER_BIN;
  if (!named) throw new Error('MUSTER_BIN names no muster program; `cargo xtask test` sets it');
  return path.resolve(named);
}

/** The environment without any setting of muster's: a story starts from the defaults. */
function withoutSettings(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('MUSTER_')));
}
