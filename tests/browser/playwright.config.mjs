// The stories in a browser. `cargo xtask test` runs them; by hand, after a build:
//   MUSTER_BIN=../../target/debug/muster npx playwright test
// Stories about several nodes need a PostgreSQL as well, where they make databases of their own with psql:
//   TEST_POSTGRES=postgres://postgres@127.0.0.1:5432/postgres

import { defineConfig } from '@playwright/test';

export default defineConfig({
  testMatch: '*.spec.mjs',
  outputDir: '../../target/test-results',
  reporter: 'line',
  timeout: 60_000,
  // Where the machine is not ours a moment can be missed; the report names such a story all the same.
  retries: process.env.CI ? 1 : 0,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  use: {
    browserName: 'chromium',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.MUSTER_CHROMIUM || '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
