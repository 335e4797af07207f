import type { EntityClass } from '../access/scope.js'
import type { Row } from '../database/read-database.js'
import type { Clauses } from '../graphql/loaders/clauses.js'
import { AuditAction, type AuditNote } from './event.js'

/** What is noted of an entity whose rows are read. */
export interface AuditedKind {
  /** The part of a chart it is: its GraphQL type. */
  readonly section: string
  /** The property with the patient's id; `null` when a row above it has it. */
  readonly owner: string | null
  /** Of a patient; else it is noted for its own sake, as the trail itself is. */
  readonly ofPatient: boolean
}

const kinds = new WeakMap<Clauses, Map<EntityClass, AuditedKind | null>>()

/** What the audit trail notes of an entity's rows; `null` for what concerns no patient. */
export function auditedKind(clauses: Clauses, entity: EntityClass): AuditedKind | null {
  let known = kinds.get(clauses)
  if (!known) kinds.set(clauses, (known = new Map()))
  let kind = known.get(entity)
  if (kind === undefined) {
    const { owner, care, audited } = clauses.scope(entity)
    const section = clauses.tables.of(entity).typeName
    kind = care === null && audited !== true ? null : { section, owner, ofPatient: care !== null }
    known.set(entity, kind)
  }
  return kind
}

/**
 * What one request has read of patients, gathered on the way and made into events at its end. Runs for every row of every answer, so it
 * does no more than add to sets.
 */
export class RequestNotes {
  readonly #patients = new Set<string>()
  readonly #sections = new Set<string>()
  readonly #searches = new Set<string>()
  #worthNoting = false

  /** Rows of one kind that go into the answer. A list that turns out empty says something too, so its section counts as read. */
  read(kind: AuditedKind, rows: readonly Row[]): void {
    this.section(kind, rows.length > 0)
    if (kind.owner === null) return
    for (const row of rows) {
      const patientId = row[kind.owner]
      if (typeof patientId === 'string') this.patient(patientId)
    }
  }

  /** A part of charts goes into the answer; `some`: with at least one row. */
  section({ section, ofPatient }: AuditedKind, some: boolean): void {
    this.#sections.add(section)
    if (!ofPatient && some) this.#worthNoting = true
  }

  /** A row of this patient goes into the answer. */
  patient(id: string): void {
    this.#patients.add(id)
  }

  /** A list was searched by something personal: `patients.birthDate`. What was searched for is not noted. */
  searched(field: string): void {
    this.#searches.add(field)
  }

  /** What there is to say; nothing when no patient data was touched. */
  notes(): AuditNote[] {
    const notes: AuditNote[] = []
    if (this.#searches.size > 0) notes.push({ action: AuditAction.SEARCH, facts: { filters: [...this.#searches].toSorted() } })
    if (this.#patients.size > 0 || this.#worthNoting)
      notes.push({ action: AuditAction.READ, patientIds: [...this.#patients], sections: [...this.#sections].toSorted() })
    return notes
  }
}
