import type { EntityManager } from '@mikro-orm/postgresql'

import type { ImportLedger, Origin } from './import-ledger.js'
import type { ImportWriter } from './import-writer.js'
import type { MapContext } from './map-context.js'

/** What the parts of one import share. */
export interface ImportSession {
  /** For reading and as the mother of units of work; holds no entities itself. */
  readonly em: EntityManager
  readonly writer: ImportWriter
  readonly ledger: ImportLedger
  /** Name of the sender, under which its ids are remembered. */
  readonly source: string
  readonly now: Date
  readonly zone: string
  readonly keepNameDigits: boolean
  readonly dryRun: boolean
}

/** The mappers' context for one resource. */
export function contextOf(session: ImportSession, origin: Origin): MapContext {
  const { now, zone, keepNameDigits, ledger } = session
  return { now, zone, keepNameDigits, remark: ledger.remarker(origin) }
}
