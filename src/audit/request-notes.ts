import type { Row } from '../database/read-database.js'
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
  read({ section, owner, ofPatient }: AuditedKind, rows: readonly Row[]): void {
    this.#sections.add(section)
    if (!ofPatient && rows.length > 0) this.#worthNoting = true
    if (owner === null) return
    for (const row of rows) {
      const patientId = row[owner]
      if (typeof patientId === 'string') this.#patients.add(patientId)
    }
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
