import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { HISTORIES, type History } from './database/fill.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { SCENARIOS } from './scenarios/scenarios.ts'
import { TARGETS } from './targets.ts'
import { WORKLOADS } from './workloads/workloads.ts'
import type { Workload } from './workloads/workload.ts'

/** What the person at the terminal asks for. */
export interface Options {
  /** What is asked of this server and of others. */
  readonly workloads: readonly Workload[]
  /** What is measured of this server alone. */
  readonly scenarios: readonly Scenario[]
  readonly patients: number
  readonly connections: number
  readonly rounds: number
  readonly seconds: number
  readonly check: boolean
  readonly json: string | undefined
  readonly profile: string | undefined
  readonly dist: string
  readonly databaseUrl: string | undefined
  /** Clinics that `growth` compares. */
  readonly sizes: readonly { readonly patients: number; readonly history: History }[]
  /** Where it keeps them. */
  readonly data: string | undefined
}

const DEFAULT_SIZES = '10000:full,100000:full,1000000:light'

export const HELP = `Compares this server under load with PostGraphile 5 and with a raw node:http + pg server, on one database.

npm run bench -- [OPTIONS]

  --quick             one short round: to see that it works, not to quote
  --only NAME         of the comparison: ${WORKLOADS.map(({ name }) => name).join(', ')};
                      of this server alone: ${SCENARIOS.map(({ name }) => name).join(', ')};
                      may be given several times. Without it, the comparison
  --check             measure everything that has a target in targets.ts, and exit with 1 and name the figure when one is missed
  --json FILE         write all figures to a file
  --rounds N          rounds; medians are taken over them (3)
  --seconds N         length of each measured phase (5)
  --connections N     connections that are kept busy (16)
  --patients N        size of the generated clinic (2000)
  --profile FOLDER    write a CPU profile of this server
  --dist FOLDER       the build to measure (dist)
  --sizes LIST        clinics for growth, as PATIENTS or PATIENTS:HISTORY (${DEFAULT_SIZES})
  --data FOLDER       where growth keeps them between runs (bench/.data)

DATABASE_URL names a PostgreSQL 15 or newer, as a role that may make databases; the comparison makes one of its own there and drops it at
the end; those of growth (clinic_bench_…) stay. Without it a PostgreSQL is started for the time of the comparison.
`

/** A wrong option; the message says which. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
}

/**
 * Reads the command line.
 * @throws OptionError
 */
export function readOptions(args: readonly string[], databaseUrl: string | undefined): Options | 'help' {
  const { values } = parse(args)
  if (values.help) return 'help'
  const quick = values.quick ?? false
  return {
    ...chosen(values.only, values.check ?? false),
    patients: whole('patients', values.patients, 2_000, 100, 1_000_000),
    connections: whole('connections', values.connections, 16, 1, 256),
    rounds: whole('rounds', values.rounds, quick ? 1 : 3, 1, 50),
    seconds: whole('seconds', values.seconds, quick ? 2 : 5, 1, 600),
    check: values.check ?? false,
    json: values.json,
    profile: values.profile,
    dist: values.dist ?? fileURLToPath(new URL('../dist', import.meta.url)),
    databaseUrl: databaseUrl === '' ? undefined : databaseUrl,
    sizes: sizes(values.sizes ?? DEFAULT_SIZES),
    data: values.data,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        quick: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        check: { type: 'boolean' },
        json: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        connections: { type: 'string' },
        patients: { type: 'string' },
        profile: { type: 'string' },
        dist: { type: 'string' },
        sizes: { type: 'string' },
        data: { type: 'string' },
      },
    })
  } catch (error) {
    throw new OptionError((error as Error).message)
  }
}

function chosen(only: readonly string[] | undefined, check: boolean): Pick<Options, 'workloads' | 'scenarios'> {
  const known = [...WORKLOADS, ...SCENARIOS].map(({ name }) => name as string)
  const unknown = only?.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new OptionError(`--only ${unknown}: there is ${known.join(', ')}`)
  const targeted = new Set(TARGETS.flatMap((target) => ('scenario' in target ? [target.scenario as string] : [])))
  return {
    workloads: WORKLOADS.filter(({ name }) => only === undefined || only.includes(name)),
    scenarios: SCENARIOS.filter(({ name }) => (only === undefined ? check && targeted.has(name) : only.includes(name))),
  }
}

function sizes(text: string): Options['sizes'] {
  return text.split(',').map((part) => {
    const [count, history = 'full'] = part.split(':')
    const known = HISTORIES.find((one) => one === history)
    if (known === undefined) throw new OptionError(`--sizes ${part}: the history is one of ${HISTORIES.join(', ')}`)
    return { patients: whole('sizes', count, 0, 1_000, 10_000_000), history: known }
  })
}

function whole(name: string, text: string | undefined, standard: number, from: number, to: number): number {
  if (text === undefined) return standard
  const value = Number(text)
  if (!Number.isInteger(value) || value < from || value > to)
    throw new OptionError(`--${name} must be a whole number from ${from} to ${to}`)
  return value
}
