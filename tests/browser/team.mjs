// A team that is set up through its pages, by plain forms: what a story needs before it begins.

import { BANK, ALL_SIX, SERVICE } from './bank.mjs';
import { expect, test as base } from './support.mjs';

export const PASSWORD = 'correct horse battery';

/** `team` is set up once for each file; people, tests and rounds are made by the stories. */
export const test = base.extend({
  shelf: [BANK, { option: true }],
  team: async ({ muster }, use) => {
    muster.team ??= await Team.setUp(muster);
    await use(muster.team);
  },
});

export { expect };

/** Somebody who sends forms as a browser without a script does. */
export class Visitor {
  #url;
  #cookie = '';

  constructor(url) {
    this.#url = url;
  }

  /** The text of a page. */
  async read(path) {
    const response = await this.#ask('GET', path);
    expect(response.status, path).toBe(200);
    return response.text();
  }

  /** Posts a form and returns where it leads; a refusal fails the story with its words. */
  async post(path, fields) {
    const response = await this.#ask('POST', path, new URLSearchParams(fields));
    const text = await response.text();
    expect(response.status, `${path}\n${words(text)}`).toBe(303);
    return response.headers.get('location');
  }

  async #ask(method, path, body) {
    const headers = { 'sec-fetch-site': 'same-origin', cookie: this.#cookie };
    const response = await fetch(new URL(path, this.#url), { method, body, headers, redirect: 'manual' });
    const set = response.headers.getSetCookie().at(-1);
    if (set) this.#cookie = set.split(';')[0];
    return response;
  }
}

/** A member of the team, in no browser yet. */
export class Person extends Visitor {
  constructor(url, name, email) {
    super(url);
    Object.assign(this, { name, email, password: PASSWORD });
  }

  /** Signs the browser in that a page belongs to. */
  async signIn(page) {
    const response = await page.request.post('/sign-in', {
      form: { email: this.email, password: this.password },
      headers: { 'sec-fetch-site': 'same-origin' },
      maxRedirects: 0,
    });
    expect(response.status()).toBe(303);
  }

  /** Presses "Start the test" and returns the path of the attempt. */
  start(round) {
    return this.post(`${round}/start`, {});
  }
}

export class Team {
  #url;
  #nPeople = 0;

  static async setUp(muster) {
    const team = new Team();
    team.#url = muster.url;
    team.leader = new Person(muster.url, 'Lena Okafor', 'lena@example.org');
    const { name, email, password } = team.leader;
    await team.leader.post('/set-up', {
      token: muster.token, name, email, password, team: 'Checkout', time_zone: 'UTC',
    });
    team.circle = '/circles/checkout';
    await team.leader.post(`${team.circle}/services/${SERVICE}`, { do: 'take' });
    return team;
  }

  /** Invites somebody, who joins. */
  async join(name, role = 'engineer') {
    this.#nPeople += 1;
    const person = new Person(this.#url, name, `person-${this.#nPeople}@example.org`);
    const members = await this.leader.post(`${this.circle}/members`, { do: 'invite', email: person.email, role });
    const link = /id="link"[^>]*value="([^"]+)"/.exec(await this.leader.read(members))[1];
    await person.post(new URL(link).pathname, { name, password: person.password });
    const row = (await this.leader.read(members)).split('<tr>').find((row) => row.includes(person.email));
    person.id = /\/members\/([^"?]+)"/.exec(row)[1];
    return person;
  }

  /** Makes a test and returns its path. */
  async makeTest({ name = 'On-call readiness', rows = ALL_SIX, limit = '30', cut = '80', topicCut = '60' } = {}) {
    const fields = rows.flatMap(({ topic, n }, i) => [
      [`service-${i}`, SERVICE], [`topic-${i}`, topic], [`level-${i}`, ''], [`n-${i}`, String(n)],
    ]);
    const rules = { name, limit, cut, topic_cut: topicCut, counts_for: '180', version: '0', do: 'save' };
    return without(await this.leader.post(`${this.circle}/tests/new`, [...fields, ...Object.entries(rules)]));
  }

  /** Plans a round that is open now, and returns its path. */
  async plan(people, { name = 'November readiness', test, minutes = 600, extra = {}, ...more } = {}) {
    const id = (test ?? (this.usual ??= await this.makeTest())).split('/').at(-1);
    const fields = {
      name, test: id, opens_at: local(-1), closes_at: local(minutes), show_score: 'at_hand_in', show_answers: 'at_hand_in',
      ...more,
    };
    const who = people.flatMap((person) => [['people', person.id], [`extra-${person.id}`, String(extra[person.id] ?? 0)]]);
    return without(await this.leader.post(`${this.circle}/plan-round`, [...Object.entries(fields), ...who]));
  }

  /** Somebody new who has begun the usual test; returns the person, the round and the attempt. */
  async sitting(name, page, options) {
    const person = await this.join(name);
    const round = await this.plan([person], options);
    const attempt = await person.start(round);
    await person.signIn(page);
    return { person, round, attempt };
  }
}

/** So many minutes from now, as a `datetime-local` in UTC. */
export function local(minutes) {
  return new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19);
}

const without = (location) => location.split('?')[0];

const words = (html) => html.replace(/<head>.*?<\/head>/s, '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').slice(0, 600);
