import { readdir, readFile } from 'node:fs/promises'
import type { Client } from 'pg'

/** Processor time and memory of processes as Linux counts them; elsewhere there is nothing to read, and figures are left out. */

/** What the clock of `/proc` counts in a second (`getconf CLK_TCK`): 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

interface Stat {
  readonly parent: number
  /** Time of all its threads, in milliseconds. */
  readonly ownMs: number
  /** The same of its children that have ended. */
  readonly endedChildrenMs: number
}

/** Milliseconds of processor time a process has used so far. */
export async function processorTime(pid: number): Promise<number | undefined> {
  return (await statOf(pid))?.ownMs
}

/** Bytes of memory a process holds now. */
export async function residentMemory(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(text)?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
}

/** A PostgreSQL server on this machine: its postmaster and all its children, those that have ended too. */
export interface DatabaseProcesses {
  processorTime(): Promise<number | undefined>
}

/** Finds the server behind a connection; nothing when it runs elsewhere. */
export async function databaseProcesses(client: Client): Promise<DatabaseProcesses> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const backend = rows[0]?.pid ?? 0
  const stat = await statOf(backend)
  // A server on another machine has a process number too, which may belong to anything here.
  const isOurs = stat !== undefined && /postgres/.test(await readFile(`/proc/${backend}/cmdline`, 'utf8').catch(() => ''))
  return {
    processorTime: async () => {
      if (!isOurs) return undefined
      const postmaster = await statOf(stat.parent)
      if (postmaster === undefined) return undefined
      const children = (await allStats()).filter(({ parent }) => parent === stat.parent)
      return children.reduce((sum, { ownMs }) => sum + ownMs, postmaster.ownMs + postmaster.endedChildrenMs)
    },
  }
}

async function allStats(): Promise<Stat[]> {
  const pids = (await readdir('/proc').catch((): string[] => [])).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map(async (pid) => statOf(Number(pid))))
  return stats.filter((stat) => stat !== undefined)
}

/** See `proc_pid_stat(5)`: the name in brackets may hold spaces, so fields are counted after it. */
async function statOf(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [parent = 0] = fields.slice(1)
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11)
  const milliseconds = (ticks: number): number => (ticks * 1000) / TICKS_PER_SECOND
  return { parent, ownMs: milliseconds(user + system), endedChildrenMs: milliseconds(childrenUser + childrenSystem) }
}
