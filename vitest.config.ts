import { defineConfig } from 'vitest/config'

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
  },
})
