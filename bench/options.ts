import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { WORKLOADS } from './workloads/workloads.ts'
import type { Workload } from './workloads/workload.ts'

/** What the person at the terminal asks for. */
export interface Options {
  readonly workloads: readonly Workload[]
  readonly patients: number
  readonly connections: number
  readonly rounds: number
  readonly seconds: number
  readonly check: boolean
  readonly json: string | undefined
  readonly profile: string | undefined
  readonly dist: string
  readonly databaseUrl: string | undefined
}

export const HELP = `Compares this server under load with PostGraphile 5 and with a raw node:http + pg server, on one database.

npm run bench -- [OPTIONS]

  --quick             one short round: to see that it works, not to quote
  --only NAME         ${WORKLOADS.map(({ name }) => name).join(', ')}; may be given several times
  --check             exit with 1 and name the figure when a target of targets.ts is missed
  --json FILE         write all figures to a file
  --rounds N          rounds; medians are taken over them (3)
  --seconds N         length of each measured phase (5)
  --connections N     connections that are kept busy (16)
  --patients N        size of the generated clinic (2000)
  --profile FOLDER    write a CPU profile of this server
  --dist FOLDER       the build to measure (dist)

DATABASE_URL names a PostgreSQL 15 or newer, as a role that may make databases; the comparison makes one of its own there and drops it at
the end. Without it a PostgreSQL is started for the time of the comparison.
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
    workloads: chosen(values.only),
    patients: whole('patients', values.patients, 2_000, 100, 1_000_000),
    connections: whole('connections', values.connections, 16, 1, 256),
    rounds: whole('rounds', values.rounds, quick ? 1 : 3, 1, 50),
    seconds: whole('seconds', values.seconds, quick ? 2 : 5, 1, 600),
    check: values.check ?? false,
    json: values.json,
    profile: values.profile,
    dist: values.dist ?? fileURLToPath(new URL('../dist', import.meta.url)),
    databaseUrl: databaseUrl === '' ? undefined : databaseUrl,
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
      },
    })
  } catch (error) {
    throw new OptionError((error as Error).message)
  }
}

function chosen(only: readonly string[] | undefined): Workload[] {
  if (only === undefined) return [...WORKLOADS]
  return only.map((name) => {
    const workload = WORKLOADS.find((known) => known.name === name)
    if (workload === undefined) throw new OptionError(`--only ${name}: there is ${WORKLOADS.map((known) => known.name).join(', ')}`)
    return workload
  })
}

function whole(name: string, text: string | undefined, standard: number, from: number, to: number): number {
  if (text === undefined) return standard
  const value = Number(text)
  if (!Number.isInteger(value) || value < from || value > to)
    throw new OptionError(`--${name} must be a whole number from ${from} to ${to}`)
  return value
}
