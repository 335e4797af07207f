import { defineConfig } from 'vitest/config'

// Where continuous integration wants the counts.
const results = process.env['VITEST_RESULTS']

export default defineConfig({
  resolve: {
    // Two builds of graphql in one process are two realms: everything must load the same file.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
  },
})
