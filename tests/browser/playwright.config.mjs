// The stories in a browser. `cargo xtask test` runs them; by hand, after a build:
//   MUSTER_BIN=../../target/debug/muster npx playwright test

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
