import { DriverException, FlushMode, type EntityData, type EntityName } from '@mikro-orm/core'
import type { EntityManager } from '@mikro-orm/postgresql'

import type { ImportLedger, Outcome } from './import-ledger.js'
import type { StagedResource } from './import-stage.js'
import { saveLinks } from './source-links.js'

/** What one resource changes. */
export interface Change {
  readonly item: StagedResource
  readonly outcome: Exclude<Outcome, 'skipped'>
  readonly entityName: string
  readonly entityId: string
  /** Hands new or changed entities to the unit of work. */
  readonly write: (em: EntityManager) => void | Promise<void>
}

/** A resource and what is stored inside of it: a medical record with its vitals. All other units have no parts. */
export interface Unit extends Omit<Change, 'write'> {
  readonly parts: readonly Change[]
  /** @param kept the parts that are written with it; the record's signature covers exactly those */
  readonly write: (em: EntityManager, kept: readonly Change[]) => void | Promise<void>
}

/** Last statements of a transaction. */
export type Finish = (em: EntityManager, written: readonly Unit[]) => Promise<void>

/** So many units are held in memory at a time, however many a patient has. */
const FLUSH_EVERY = 1000

/** Ends a savepoint without keeping what was done in it. */
class Undo extends Error {}

/**
 * Writes units in one transaction, with the links that remember them.
 *
 * Everything was checked before, so the database should refuse nothing. Should it still, the transaction is repeated resource by resource, each
 * behind a savepoint: what is refused is reported by name and the rest is kept.
 */
export class ImportWriter {
  readonly #root: EntityManager
  readonly #ledger: ImportLedger
  readonly #source: string
  readonly #dryRun: boolean

  constructor(root: EntityManager, ledger: ImportLedger, source: string, dryRun: boolean) {
    this.#root = root
    this.#ledger = ledger
    this.#source = source
    this.#dryRun = dryRun
  }

  /**
   * @param finish runs in the same transaction after all units, with those that were written
   * @returns the units that were written
   */
  async write(units: readonly Unit[], finish: Finish = async () => undefined): Promise<readonly Unit[]> {
    if (units.length === 0) return units
    if (this.#dryRun) {
      this.#settle(units)
      return units
    }
    let written = units
    try {
      await this.#root.fork({ flushMode: FlushMode.COMMIT }).transactional(async (em) => {
        for (const [index, unit] of units.entries()) {
          await writeUnit(em, unit)
          if ((index + 1) % FLUSH_EVERY === 0) {
            await em.flush()
            em.clear()
          }
        }
        await em.flush()
        await this.#remember(em, units)
        await finish(em, units)
      })
    } catch (error) {
      if (!(error instanceof DriverException) || isOutage(error)) throw error
      written = []
      await this.#root.fork({ flushMode: FlushMode.COMMIT }).transactional(async (em) => {
        written = await this.#writeOneByOne(em, units)
        await this.#remember(em, written)
        await finish(em, written)
      })
    }
    this.#settle(written)
    return written
  }

  async #writeOneByOne(em: EntityManager, units: readonly Unit[]): Promise<readonly Unit[]> {
    const written: Unit[] = []
    for (const unit of units) {
      if (await attempt(em, unit)) written.push(unit)
      else {
        const kept = await this.#soundParts(em, unit)
        const rest = { ...unit, parts: kept }
        if (kept.length < unit.parts.length && (await attempt(em, rest))) written.push(rest)
        else for (const change of [unit, ...kept]) this.#ledger.skip(change.item, 'database-refused')
      }
    }
    return written
  }

  /** Tries each part alone with its unit and takes it back; those that fail are reported. */
  async #soundParts(em: EntityManager, unit: Unit): Promise<readonly Change[]> {
    const alone = { ...unit, parts: [] }
    if (unit.parts.length === 0 || !(await attempt(em, alone, 'undo'))) return unit.parts
    const sound: Change[] = []
    for (const part of unit.parts) {
      if (await attempt(em, { ...unit, parts: [part] }, 'undo')) sound.push(part)
      else this.#ledger.skip(part.item, 'database-refused')
    }
    return sound
  }

  async #remember(em: EntityManager, units: readonly Unit[]): Promise<void> {
    const changes = units.flatMap((unit) => [unit, ...unit.parts])
    await saveLinks(
      em,
      changes.map(({ item, entityName, entityId }) => ({
        source: this.#source,
        resourceType: item.resourceType,
        externalId: item.externalId,
        entityName,
        entityId,
        contentHash: item.hash,
      })),
    )
  }

  #settle(units: readonly Unit[]): void {
    for (const change of units.flatMap((unit) => [unit, ...unit.parts])) this.#ledger.settle(change.item, change.outcome)
  }
}

/** Hands a new row to the unit of work; what is not given has the entity's own default. */
export function insert<T extends object>(em: EntityManager, entity: EntityName<T>, data: EntityData<T>): void {
  em.persist(em.create(entity, data, { partial: true }))
}

async function writeUnit(em: EntityManager, unit: Unit): Promise<void> {
  await unit.write(em, unit.parts)
  for (const part of unit.parts) await part.write(em)
}

/** Whether the unit can be written; behind a savepoint, with a unit of work of its own, so that a refusal leaves nothing behind. */
async function attempt(em: EntityManager, unit: Unit, end: 'keep' | 'undo' = 'keep'): Promise<boolean> {
  try {
    await em.fork({ clear: true, keepTransactionContext: true, flushMode: FlushMode.COMMIT }).transactional(async (inner) => {
      await writeUnit(inner, unit)
      await inner.flush()
      if (end === 'undo') throw new Undo()
    })
    return true
  } catch (error) {
    if (error instanceof Undo) return true
    if (error instanceof DriverException && !isOutage(error)) return false
    throw error
  }
}

/** Anything but bad data, a broken constraint or an exceeded limit (classes 22, 23, 54): no other row would fare better. */
function isOutage(error: DriverException): boolean {
  const code = (error as { code?: unknown }).code
  return typeof code !== 'string' || !/^(?:22|23|54)/.test(code)
}
