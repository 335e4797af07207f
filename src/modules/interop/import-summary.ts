import Table from 'cli-table3'

import type { FhirImportResult } from './fhir-import.js'
import { PROBLEMS, type ProblemCode } from './import-problems.js'

/** Borders that are readable in a log and on paper. */
const PLAIN = { head: [], border: [] }

/** The summary of an import as text: a table of counts, why resources were skipped, and what was remarked on loaded ones. */
export function importSummary(result: FhirImportResult, dryRun: boolean): string {
  const counts = result.ledger.counts()
  const right = 'right' as const
  const table = new Table({
    head: ['Resource', 'read', 'created', 'updated', 'unchanged', 'skipped'],
    style: PLAIN,
    colAligns: ['left', right, right, right, right, right],
  })
  const sum = { read: 0, created: 0, updated: 0, unchanged: 0, skipped: 0 }
  for (const [type, each] of counts) {
    table.push([type, each.read, each.created, each.updated, each.unchanged, each.skipped])
    for (const key of ['read', 'created', 'updated', 'unchanged', 'skipped'] as const) sum[key] += each[key]
  }
  table.push(['Total', sum.read, sum.created, sum.updated, sum.unchanged, sum.skipped])
  const parts = [table.toString()]

  const reasons = counts.flatMap(([type, { reasons: each }]) => [...each].map(([code, count]) => [type, count, code] as const))
  if (reasons.length > 0) parts.push(`Skipped:\n${explain(reasons)}`)
  const remarks = result.ledger.remarks().map(([code, count]) => ['', count, code] as const)
  if (remarks.length > 0) parts.push(`Loaded with remarks:\n${explain(remarks)}`)
  if (result.failedFiles > 0) parts.push(`${result.failedFiles} of ${result.files} files could not be read completely.`)
  if (result.imbalance.length > 0)
    parts.push(`The numbers of ${result.imbalance.join(', ')} do not add up. This is a fault of the importer; please report it.`)
  if (dryRun) parts.push('Dry run: nothing was written.')
  return parts.join('\n\n')
}

function explain(lines: readonly (readonly [type: string, count: number, code: ProblemCode])[]): string {
  const width = Math.max(...lines.map(([type]) => type.length))
  return lines
    .map(
      ([type, count, code]) =>
        `  ${type === '' ? '' : `${type.padEnd(width)} `}${String(count).padStart(6)}  ${code}: ${PROBLEMS[code][1]}`,
    )
    .join('\n')
}
