// One service with a question of each kind, and what is right.

/** Stands in every explanation and in every accepted answer: no taker may meet it before the answers may be seen. */
export const CANARY = 'kanarienvogel';

export const SERVICE = 'orders';

/** The right answer to each kind, as a person sees it. */
export const RIGHT = {
  single: 'Saturation of the payment connection pool',
  multiple: ['Creating a topic', 'Electing a leader'],
  ordering: ['Acknowledge the page', 'Declare the incident', 'Tell the stakeholders', 'Find the cause'],
  matching: { 502: 'A server gave a broken answer', 503: 'No server was there', 504: 'A server did not answer in time' },
  numeric: '15',
  short: `check-${CANARY}`,
};

export const KINDS = Object.keys(RIGHT);

const explained = `> Because of the ${CANARY}.\n`;

/** The shelf: a text for each path. */
export const BANK = {
  'orders/service.toml': 'name = "Orders"\nsummary = "Takes orders and keeps them."\nowner = "Checkout team"\n',

  'orders/troubleshooting/p99-rises.md': `+++
level = 1
+++
Checkout p99 rises, errors are flat. What do you look at first?

\`\`\`
payment_pool_in_use 100   payment_pool_max 100   payment_pool_waiting 731   payment_pool_timeouts_total 0
\`\`\`

- [x] Saturation of the payment connection pool
- [ ] The last deployment
- [ ] The certificate of the edge

${explained}`,

  'orders/troubleshooting/check-command.md': `+++
level = 1
+++
Type the command that checks the file and changes nothing.

= check-${CANARY}

${explained}`,

  'orders/architecture/lost-controllers.md': `+++
level = 1
+++
Two of three controllers are down. What does *not* work?

- [x] Creating a topic
- [x] Electing a leader
- [ ] Writing to a healthy partition
- [ ] Reading from a healthy partition

${explained}`,

  'orders/architecture/dead-after.md': `+++
level = 1
+++
The check runs every 5 s, \`fall 3\`. After how many seconds at most is a dead server out?

= 14..16 s

${explained}`,

  'orders/process/first-steps.md': `+++
level = 1
+++
Put the first steps in order.

1. Acknowledge the page
2. Declare the incident
3. Tell the stakeholders
4. Find the cause

${explained}`,

  'orders/process/status-codes.md': `+++
level = 1
+++
What has happened?

| Status | What happened |
| ------ | ------------- |
| 502 | A server gave a broken answer |
| 503 | No server was there |
| 504 | A server did not answer in time |

${explained}`,
};

/** A row of a test for each topic that the bank has, so that it asks all six. */
export const ALL_SIX = ['process', 'architecture', 'troubleshooting'].map((topic) => ({ topic, n: 2 }));
