import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

import { problemTable } from '../../../src/modules/interop/problem-table.js'

test('the documentation names every problem with its meaning', async () => {
  const page = await readFile(new URL('../../../docs/import-fhir.md', import.meta.url), 'utf8')
  const squeeze = (table: string): string =>
    table.replace(/ {2,}/g, ' ').replace(/-{3,}/g, '---').replaceAll('| ---', '|---').replaceAll('--- |', '---|')
  expect(squeeze(page)).toContain(squeeze(problemTable()))
})
