import Table from 'cli-table3'
import type { Command } from 'commander'
import { JOB_STATES, JobTable, type JobFailure, type QueueState } from '../jobs/job-table.js'
import type { WithDatabase } from './context.js'

const FAILURES_SHOWN = 10
const EXIT_USAGE = 2

/** Adds `clinic jobs` and `clinic jobs retry` to the program. */
export function registerJobsCommand(program: Command, withDatabase: WithDatabase): void {
  const group = program
    .command('jobs')
    .description('show how the jobs stand')
    .action(() =>
      withDatabase(({ url }) =>
        JobTable.open(url, async (table) => {
          const [states, failures] = [await table.states(), await table.failures(FAILURES_SHOWN)]
          process.stdout.write(`${statesText(states)}\n${failuresText(failures)}\n`)
        }),
      ),
    )
  group
    .command('retry')
    .description('put the failed jobs of a queue back into it')
    .argument('<queue>', 'which queue')
    .action((queue: string) =>
      withDatabase(({ url }) =>
        JobTable.open(url, async (table) => {
          const known = (await table.states()).map(({ name }) => name)
          if (!known.includes(queue)) {
            process.stderr.write(`There is no queue of this name. There are: ${known.join(', ')}.\n`)
            process.exitCode = EXIT_USAGE
            return
          }
          const count = await table.retry(queue)
          process.stdout.write(count === 0 ? `No job of "${queue}" has failed.\n` : `${count} of "${queue}" will be tried again.\n`)
        }),
      ),
    )
}

const plain = { style: { head: [], border: [] } }

function statesText(states: readonly QueueState[]): string {
  const table = new Table({ head: ['queue', ...JOB_STATES, 'oldest waiting'], ...plain })
  for (const { name, counts, oldestWaiting } of states)
    table.push([name, ...JOB_STATES.map((state) => String(counts[state])), oldestWaiting?.toISOString() ?? '–'])
  return table.toString()
}

function failuresText(failures: readonly JobFailure[]): string {
  if (failures.length === 0) return 'No job has failed.'
  const table = new Table({ head: ['last failures', 'queue', 'state', 'tries', 'code'], ...plain })
  for (const { at, queue, state, tries, code } of failures) table.push([at.toISOString(), queue, state, String(tries), code ?? '–'])
  return table.toString()
}
