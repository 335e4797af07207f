import { CONTENDERS, TITLES, type ContenderName } from '../contenders/contender.ts'
import type { Phase } from '../measure/rounds.ts'
import type { Workload } from '../workloads/workload.ts'
import { ratio, summaries, type Figure, type Summary } from './summary.ts'

/** What the figures are called. */
export const FIGURE_TITLES: Readonly<Record<Figure, string>> = {
  answersPerSecond: 'answers/s',
  p50: 'p50 ms',
  p99: 'p99 ms',
  serverMs: 'server CPU ms',
  databaseMs: 'database CPU ms',
  memoryBytes: 'memory MB',
}

/** Statements of one operation, by `WORKLOAD CONTENDER`. */
export type StatementCounts = ReadonlyMap<string, number>

/** One Markdown table per workload: the figures of each contender, and what multiple of each peer's they are. */
export function tables(workloads: readonly Workload[], phases: readonly Phase[], statements: StatementCounts): string {
  const all = summaries(phases)
  return workloads
    .map((workload) => {
      const rows = CONTENDERS.flatMap((name) => all.filter((summary) => summary.workload === workload.name && summary.contender === name))
      const peers = rows.map(({ contender }) => contender).filter((name) => name !== 'clinic')
      const table = [headOf(peers), ...rows.map((summary) => cells(summary, peers, phases, statements))]
      return `**${workload.name}**: ${workload.title}\n\n${markdownTable(table)}`
    })
    .join('\n\n')
}

const FIGURE_COLUMNS = ['answersPerSecond', 'p50', 'p99', 'serverMs', 'databaseMs', 'memoryBytes'] as const
const DIGITS: Readonly<Record<Figure, number>> = { answersPerSecond: 0, p50: 1, p99: 1, serverMs: 2, databaseMs: 2, memoryBytes: 0 }

function headOf(peers: readonly ContenderName[]): string[] {
  return [
    '',
    ...FIGURE_COLUMNS.map((figure) => FIGURE_TITLES[figure]),
    'SQL',
    ...peers.map((peer) => `answers/s × ${TITLES[peer]}`),
    ...peers.map((peer) => `CPU × ${TITLES[peer]}`),
  ]
}

function cells(summary: Summary, peers: readonly ContenderName[], phases: readonly Phase[], statements: StatementCounts): string[] {
  const { workload, contender } = summary
  const times = (figure: Figure) => (peer: ContenderName) => number(ratio(phases, workload, figure, contender, peer), 2)
  return [
    TITLES[contender],
    ...FIGURE_COLUMNS.map((figure) => number(inUnits(figure, summary[figure]), DIGITS[figure])),
    number(statements.get(`${workload} ${contender}`), 0),
    ...peers.map(times('answersPerSecond')),
    ...peers.map(times('serverMs')),
  ]
}

/** Memory is shown in megabytes. */
function inUnits(figure: Figure, value: number | undefined): number | undefined {
  return value !== undefined && figure === 'memoryBytes' ? value / 2 ** 20 : value
}

export function number(value: number | undefined, digits: number): string {
  return value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits)
}

/** The first row is the head; the first column stands to the left, all others to the right. */
export function markdownTable(table: readonly (readonly string[])[]): string {
  const [head = [], ...body] = table
  const widths = head.map((_, column) => Math.max(3, ...table.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(head), rule, ...body.map(line)].join('\n')
}
