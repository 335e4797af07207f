import type { Actor } from '../../access/actor.js'
import { CARE_MARK } from '../../access/scope.js'
import { allows } from '../../access/rules.js'
import type { AuditedKind, RequestNotes } from '../../audit/request-notes.js'
import type { GraphQLContext } from '../context.js'
import type { PageRequest } from '../loaders/page.js'
import { NOT_WRITABLE } from './answer-fields.js'
import type { AnswerGuards, AskedByRow } from './answer-guards.js'
import { ownerOf, type Cells, type NodeLayout, type PlanTables } from './layout.js'
import type { PlanRead } from './plan-read.js'

/** Who an answer is for. */
export interface AnswerFor {
  readonly context: GraphQLContext
  /** Is told of every row of a patient that goes into the answer; `null`: nothing is noted. */
  readonly notes: RequestNotes | null
}

/** One answer being written: what its writers, which are made once per document, share while they run. */
export class Writing {
  readonly read: PlanRead
  readonly tables: PlanTables
  readonly actor: Actor
  readonly context: GraphQLContext
  readonly notes: RequestNotes | null
  readonly asked: AskedByRow | null
  /** Texts of rows that several others refer to, by table and place. */
  readonly written: (string | undefined)[][] = []
  #lastPatient: string | null = null

  constructor(read: PlanRead, { context, notes }: AnswerFor, guards: AnswerGuards) {
    this.read = read
    this.tables = read.tables
    this.actor = context.actor
    this.context = context
    this.notes = notes
    this.asked = guards.decide(context.actor)
  }

  /** A row of this patient goes into the answer. */
  note(patient: string | null): void {
    if (patient === null || patient === this.#lastPatient) return
    this.#lastPatient = patient
    this.notes?.patient(patient)
  }
}

/** Writes one selected field of a row. */
export type WritePart = (writing: Writing, cells: Cells, place: number) => string
/** Writes the row that stands at a place of its table. */
export type WriteRow = (writing: Writing, place: number) => string
/** Writes the connection of which these rows were read. */
export type WritePage = (writing: Writing, places: readonly number[], request: PageRequest, count: number | null) => string

/** A page being written: the rows that are shown, and whether there are others. */
export interface Shown {
  readonly writing: Writing
  readonly places: readonly number[]
  readonly next: boolean
  readonly previous: boolean
  readonly count: number | null
}

/** One row more than asked for was read: it tells whether there is a next page. Backward pages are read in reverse. */
export function shownOf(
  writing: Writing,
  places: readonly number[],
  { limit, backward, cursor }: PageRequest,
  count: number | null,
): Shown {
  const more = places.length > limit
  const shown = more ? places.slice(0, limit) : places
  if (!backward) return { writing, places: shown, next: more, previous: cursor !== null, count }
  return { writing, places: shown.toReversed(), next: cursor !== null, previous: more, count }
}

/** The id of a row, which is its first cell. */
export const idAt = (writing: Writing, { table }: NodeLayout, place: number): string | null => writing.tables[table]?.[place]?.[0] ?? null

/** Writes rows as a list. */
export function listOf(writing: Writing, places: readonly number[], write: WriteRow): string {
  let text = '['
  for (let index = 0; index < places.length; index += 1) text += (index === 0 ? '' : ',') + write(writing, places[index] ?? -1)
  return `${text}]`
}

/** Rows of one kind, all below one parent or at the root, go into the answer. */
export function noteRows(
  writing: Writing,
  layout: NodeLayout,
  kind: AuditedKind,
  above: NodeLayout | null,
  places: readonly number[],
): void {
  writing.notes?.section(kind, places.length > 0)
  if (kind.owner === null) return
  const rows = writing.tables[layout.table]
  for (const place of places) {
    const cells = rows?.[place]
    if (cells) writing.note(ownerOf(layout, above, kind.owner, writing.tables, cells))
    // All rows below one parent are those of one patient.
    if (layout.node.ownerAbove !== null) return
  }
}

/** Asks the rules that look at the row, for the fields of one row. */
export function ask(
  { asked, actor }: Writing,
  of: readonly number[],
  guards: AnswerGuards,
  owner: string | null,
  patientId: string | null | undefined,
  mark: string | null | undefined,
): void {
  let row: Record<string, unknown> | undefined
  for (const index of of) {
    const guard = asked?.[index] === true ? guards.at(index) : undefined
    if (!guard) continue
    row ??= { ...(owner !== null && { [owner]: patientId }), ...(mark != null && { [CARE_MARK]: mark === 'true' }) }
    if (!allows(guard.rule, actor, row, guard.owner)) throw NOT_WRITABLE
  }
}
