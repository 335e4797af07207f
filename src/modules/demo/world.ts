import { uuidV7 } from './ids.js'
import { Random } from './random.js'
import type { ClinicRows, RowsByTable, TableName } from './rows.js'
import { instant } from './time.js'

/** How much is generated: only patients; appointments, allergies and conditions as well; or everything. */
export type History = 'none' | 'light' | 'full'
export const HISTORIES: readonly History[] = ['none', 'light', 'full']

/** What everything is generated from. */
export interface World {
  readonly seed: string
  /** Serial of the first record number. Part of every random seed: a second seeding with the same seed makes other people. */
  readonly firstSerial: number
  /** The instant the clinic is generated as of, in epoch milliseconds. Nothing that has happened lies after it. */
  readonly now: number
  readonly history: History
}

/** Random numbers for one purpose in this world. */
export function randomFor(world: World, ...purpose: readonly (string | number)[]): Random {
  return new Random(world.seed, world.firstSerial, ...purpose)
}

/** The columns every row begins with; `changed` is when it was last touched. */
export function rowBase(random: Random, created: number, changed = created): { id: string; created_at: string; updated_at: string } {
  const at = instant(created)
  return { id: uuidV7(created, random), created_at: at, updated_at: changed === created ? at : instant(changed) }
}

/** Puts a row among the others and gives it back. */
export function add<T extends TableName>(rows: RowsByTable, table: T, row: ClinicRows[T]): ClinicRows[T] {
  rows[table].push(row)
  return row
}
