import { InvalidArgumentError, type Command } from 'commander'
import { ArchiveFileError, endText, parseEnd, readArchive, writeArchive } from '../audit/archive-file.js'
import { ChainCheck, PROBLEMS, type ChainEnd, type ChainLink } from '../audit/chain.js'
import { ArchiveUnderWayError, TrailTable } from '../audit/trail-table.js'
import { verifyTrail } from '../audit/verify.js'
import { createBar, seconds } from '../terminal/progress.js'
import type { WithDatabase } from './context.js'

/** Exit codes of `clinic audit`. */
const EXIT = { fine: 0, wrong: 1, usage: 2 } as const

interface VerifyFlags {
  readonly archive: string[]
  readonly head: ChainEnd[]
}

interface ArchiveFlags {
  readonly before?: Date
  readonly to: string
}

/** Adds `clinic audit verify`, `head` and `archive` to the program. */
export function registerAuditCommand(program: Command, withDatabase: WithDatabase): void {
  const group = program.command('audit').description('check, export and archive the audit trail')
  group
    .command('verify')
    .description('check every event of the trail against the chain, and name the first that is not as it was written')
    .option('--archive <file...>', 'archives to check first, earliest first', [])
    .option('--head <end>', 'an end that `clinic audit head` printed earlier; may be given several times', collectEnd, [])
    .action((flags: VerifyFlags) =>
      withDatabase(async ({ url }) => {
        process.exitCode = await verify(url, flags)
      }),
    )
  group
    .command('head')
    .description('print the end of the chain, to be kept where nobody who runs the clinic can change it')
    .action(() =>
      withDatabase(async ({ url }) => {
        const { head } = await TrailTable.open(url, (table) => table.ends())
        process.stdout.write(`${endText(head)}\n`)
      }),
    )
  group
    .command('archive')
    .description('move the oldest events into a file; the chain goes on behind them')
    .requiredOption('--to <file>', 'the file, which must not exist')
    .option('--before <date>', 'events before this day or instant (default: as many years ago as AUDIT_RETENTION_YEARS says)', instant)
    .action((flags: ArchiveFlags) =>
      withDatabase(async ({ url, env }) => {
        process.exitCode = await archive(url, flags, env.AUDIT_RETENTION_YEARS)
      }),
    )
}

async function verify(url: string, { archive: archives, head: heads }: VerifyFlags): Promise<number> {
  const begun = performance.now()
  const bar = createBar(undefined, 'Checking events')
  try {
    const { events, end, problem } = await TrailTable.open(url, (table) =>
      verifyTrail(table, { archives, heads, onProgress: (more) => bar.increment(more) }),
    )
    bar.stop()
    process.stdout.write(`${events.toLocaleString('en')} events are right, up to ${endText(end)} (${seconds(performance.now() - begun)})\n`)
    if (!problem) return EXIT.fine
    process.stdout.write(`Event ${problem.seq} ${PROBLEMS[problem.kind]}. (${problem.kind})\n`)
    return EXIT.wrong
  } catch (error) {
    bar.stop()
    if (!isAboutFile(error)) throw error
    process.stderr.write(`${error.message}\n`)
    return EXIT.usage
  }
}

async function archive(url: string, flags: ArchiveFlags, retentionYears: number): Promise<number> {
  try {
    await TrailTable.open(url, (table) => archiveFrom(table, flags, retentionYears))
    return EXIT.fine
  } catch (error) {
    if (!isAboutFile(error)) throw error
    process.stderr.write(`${error.message}\n`)
    return error instanceof ArchiveFileError ? EXIT.wrong : EXIT.usage
  }
}

/** Younger events than the clinic has to keep may be archived too; then the file has to be kept (SECURITY P8). */
async function archiveFrom(table: TrailTable, flags: ArchiveFlags, retentionYears: number): Promise<void> {
  const { to, before = yearsAgo(retentionYears) } = flags
  await table.beginArchive()
  const { archived } = await table.ends()
  const last = await table.lastBefore(before)
  if (last <= archived.seq) {
    process.stdout.write('There is no event that old.\n')
    return
  }
  const end = await writeArchive(to, archived, rightOnes(table.links(archived.seq), archived, last))
  // What is deleted must be what can be read again.
  const { after, links } = await readArchive(to)
  for await (const _ of rightOnes(links, after, end.seq));
  await table.archive(archived, end)
  process.stdout.write(`${(end.seq - archived.seq).toLocaleString('en')} events are in ${to}, up to ${endText(end)}\n`)
  if (before > yearsAgo(retentionYears)) process.stdout.write(`Keep the file: its events are younger than ${retentionYears} years.\n`)
}

/** The events up to the last one, each checked: a trail that is wrong is not archived but looked into. */
async function* rightOnes(links: AsyncIterable<ChainLink>, after: ChainEnd, last: number): AsyncGenerator<ChainLink> {
  const check = new ChainCheck(after)
  for await (const link of links) {
    if (link.seq > last) return
    const problem = check.next(link)
    if (problem) throw new ArchiveFileError(`Event ${problem.seq} ${PROBLEMS[problem.kind]}. Nothing was archived.`)
    yield link
  }
}

const FILE_ERRORS = new Set(['EEXIST', 'ENOENT', 'EACCES', 'EISDIR', 'ENOSPC', 'ENOTDIR', 'EROFS'])

function isAboutFile(error: unknown): error is Error {
  return (
    error instanceof ArchiveFileError ||
    error instanceof ArchiveUnderWayError ||
    (error instanceof Error && FILE_ERRORS.has(String((error as NodeJS.ErrnoException).code)))
  )
}

function collectEnd(text: string, earlier: ChainEnd[]): ChainEnd[] {
  const end = parseEnd(text)
  if (!end) throw new InvalidArgumentError('It is no end of a chain, such as 120:5f…: a number, a colon and 64 hexadecimal digits.')
  return [...earlier, end]
}

function instant(text: string): Date {
  const date = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('It is no day such as 2026-11-20, nor an instant with an offset.')
  return date
}

function yearsAgo(years: number): Date {
  const date = new Date()
  date.setUTCFullYear(date.getUTCFullYear() - years)
  return date
}
