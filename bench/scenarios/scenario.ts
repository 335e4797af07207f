import type pg from 'pg'

import type { Account, Facts } from '../database/fill.ts'
import type { DatabaseProcesses } from '../measure/processes.ts'
import type { Options } from '../options.ts'
import type { Project } from '../project.ts'

/** What is measured of this server alone, besides the comparison with others. */
export type ScenarioName = 'growth' | 'long-history' | 'guards' | 'scaling' | 'memory' | 'logins' | 'foreign' | 'bookings'

/** The database that the comparison and most scenarios share. */
export interface BenchClinic {
  readonly url: string
  readonly account: Account
  readonly facts: Facts
  /** A connection of the measuring program's own. */
  readonly client: pg.Client
  readonly processes: DatabaseProcesses
}

/** What a scenario is given. */
export interface ScenarioContext {
  readonly project: Project
  readonly options: Options
  readonly signal: AbortSignal
  /** Makes the shared database at the first call. */
  readonly clinic: () => Promise<BenchClinic>
  /** Progress. */
  readonly say: (line: string) => void
}

/** What came of it. */
export interface ScenarioReport {
  /** Markdown: tables, and what to know about them. */
  readonly text: string
  /** The figures that targets refer to, by the name they are called in a verdict. */
  readonly figures: Readonly<Record<string, number>>
}

/** A measurement with a table of its own. */
export interface Scenario {
  readonly name: ScenarioName
  readonly title: string
  run(context: ScenarioContext): Promise<ScenarioReport>
}

/** Connections each server may open to the database: the clinic's default. */
export const POOL_MAX = 10
/** Before anything is measured, compilers and caches get this long. */
export const WARM_UP_SECONDS = 4
