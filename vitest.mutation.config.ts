import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.js'

/** What mutation tests run for every mutant: the tests of the rules that need no database. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({ test: { include: ['test/access/{decisions,guards,roles-page,row-scopes}.test.ts'] } }),
)
