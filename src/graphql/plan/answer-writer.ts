import { getNamedType, isNonNullType, isObjectType, type FieldNode, type GraphQLObjectType } from 'graphql'
import { CARE_MARK } from '../../access/scope.js'
import { auditedKind } from '../../audit/request-notes.js'
import type { Clauses } from '../loaders/clauses.js'
import { cursorOf, type PageRequest } from '../loaders/page.js'
import { VALUE_OF_CELL } from '../loaders/table.js'
import { cellWriter, NOT_WRITABLE, valueWriter, type AnswerCatalogue } from './answer-fields.js'
import { AnswerGuards } from './answer-guards.js'
import { ownerOf, type BranchPlace, type Cells, type NodeLayout, type PlanTables } from './layout.js'
import type { PlanRead } from './plan-read.js'
import { subfields, type Selecting } from './select.js'
import {
  ask,
  idAt,
  listOf,
  noteRows,
  shownOf,
  Writing,
  type AnswerFor,
  type Shown,
  type WritePage,
  type WritePart,
  type WriteRow,
} from './answer-writing.js'

/**
 * Writes the answer of one root field from the tables of its plan: the text that graphql-js would make, without the objects, promises and
 * calls in between. Both throw when something is refused or missing, and graphql-js, which knows how to say so, then makes the answer.
 */
export interface AnswerWriter {
  /** The row of a root field, which stands at this place of the first table. */
  one(read: PlanRead, place: number, to: AnswerFor): string
  /** A page of a root field. `count`: of all rows, when it is selected. */
  page(read: PlanRead, request: PageRequest, count: number | null, to: AnswerFor): string
}

/** The writer of a plan, or `null` when its document selects what only resolvers can answer. */
export function writerOf(
  catalogue: AnswerCatalogue,
  clauses: Clauses,
  at: Selecting & { readonly field: FieldNode },
  layout: NodeLayout,
  type: GraphQLObjectType,
  page: boolean,
): AnswerWriter | null {
  const maker = new WriterMaker(catalogue, clauses, at)
  const writeRow = page ? null : maker.row(layout, null, type, [at.field])
  const writePage = page ? maker.page(layout, null, type, [at.field]) : null
  if (!writeRow && !writePage) return null
  const never = (): never => {
    throw NOT_WRITABLE
  }
  return {
    one: (read, place, to) => (writeRow ? writeRow(new Writing(read, to, maker.guards), place) : never()),
    page: (read, request, count, to) => {
      if (!writePage) return never()
      const places = Array.from(read.tables[0] ?? [], (_cells, place) => place)
      return writePage(new Writing(read, to, maker.guards), places, request, count)
    },
  }
}

class WriterMaker {
  readonly guards = new AnswerGuards()
  readonly #catalogue: AnswerCatalogue
  readonly #clauses: Clauses
  readonly #at: Selecting

  constructor(catalogue: AnswerCatalogue, clauses: Clauses, at: Selecting) {
    this.#catalogue = catalogue
    this.#clauses = clauses
    this.#at = at
  }

  /** Writes a row with what is selected of it. */
  row(layout: NodeLayout, above: NodeLayout | null, type: GraphQLObjectType, nodes: readonly FieldNode[]): WriteRow | null {
    const parts: { key: string; write: WritePart }[] = []
    const guards: number[] = []
    for (const [responseKey, selected] of subfields(this.#at, type, nodes)) {
      const name = selected[0]?.name.value ?? ''
      const write = name === '__typename' ? typeName(type) : this.#part(layout, type, name, responseKey, selected)
      if (!write || !this.#guard(type, name, guards)) return null
      parts.push({ key: `${parts.length === 0 ? '{' : ','}${JSON.stringify(responseKey)}:`, write })
    }
    if (parts.length === 0) return null
    const { table, mark } = layout
    const owner = this.#catalogue.owner(type.name)
    const patientOf = (tables: PlanTables, cells: Cells): string | null =>
      owner === null ? null : ownerOf(layout, above, owner, tables, cells)
    return (writing, place) => {
      const cells = writing.tables[table]?.[place]
      if (!cells) throw NOT_WRITABLE
      if (writing.asked) ask(writing, guards, this.guards, owner, patientOf(writing.tables, cells), cells[mark])
      let text = ''
      for (const { key, write } of parts) text += key + write(writing, cells, place)
      return `${text}}`
    }
  }

  /** Writes a connection with what is selected of it. */
  page(layout: NodeLayout, above: NodeLayout | null, type: GraphQLObjectType, nodes: readonly FieldNode[]): WritePage | null {
    const parts = this.#parts(type, nodes, (name, selected) => this.#connectionPart(layout, above, type, name, selected))
    if (parts === null) return null
    const kind = auditedKind(this.#clauses, layout.node.entity)
    return (writing, places, request, count) => {
      const shown = shownOf(writing, places, request, count)
      if (kind && writing.notes) noteRows(writing, layout, kind, above, shown.places)
      let text = ''
      for (const { key, write } of parts) text += key + write(shown)
      return `${text}}`
    }
  }

  #connectionPart(
    layout: NodeLayout,
    above: NodeLayout | null,
    type: GraphQLObjectType,
    name: string,
    nodes: readonly FieldNode[],
  ): ((of: Shown) => string) | null {
    const inner = getNamedType(type.getFields()[name]?.type)
    if (name === 'totalCount') {
      return ({ count }) => {
        if (count === null || Number.isNaN(count)) throw NOT_WRITABLE
        return String(count)
      }
    }
    if (!isObjectType(inner)) return null
    if (name === 'pageInfo') return this.#pageInfo(layout, inner, nodes)
    const write = name === 'edges' ? this.#edge(layout, above, inner, nodes) : null
    return write && (({ writing, places }) => listOf(writing, places, write))
  }

  #edge(layout: NodeLayout, above: NodeLayout | null, type: GraphQLObjectType, nodes: readonly FieldNode[]): WriteRow | null {
    const parts = this.#parts(type, nodes, (name, selected): ((writing: Writing, place: number) => string) | null => {
      if (name === 'cursor') return (writing, place) => `"${cursorOf(idAt(writing, layout, place) ?? '')}"`
      const inner = getNamedType(type.getFields()[name]?.type)
      return name === 'node' && isObjectType(inner) ? this.row(layout, above, inner, selected) : null
    })
    if (parts === null) return null
    return (writing, place) => {
      let text = ''
      for (const { key, write } of parts) text += key + write(writing, place)
      return `${text}}`
    }
  }

  #pageInfo(layout: NodeLayout, type: GraphQLObjectType, nodes: readonly FieldNode[]): ((of: Shown) => string) | null {
    const cursor = ({ writing }: Shown, place: number | undefined): string => {
      const id = place === undefined ? null : idAt(writing, layout, place)
      return id === null ? 'null' : `"${cursorOf(id)}"`
    }
    const fields: Readonly<Record<string, (of: Shown) => string>> = {
      hasNextPage: ({ next }) => String(next),
      hasPreviousPage: ({ previous }) => String(previous),
      startCursor: (of) => cursor(of, of.places[0]),
      endCursor: (of) => cursor(of, of.places.at(-1)),
    }
    const parts = this.#parts(type, nodes, (name) => fields[name] ?? null)
    return parts && ((of) => `${parts.map(({ key, write }) => key + write(of)).join('')}}`)
  }

  /** The selected fields of a type that is no row, each with its key; `null` when one of them cannot be written. */
  #parts<Write>(
    type: GraphQLObjectType,
    nodes: readonly FieldNode[],
    part: (name: string, selected: readonly FieldNode[]) => Write | null,
  ): { key: string; write: Write | (() => string) }[] | null {
    const parts: { key: string; write: Write | (() => string) }[] = []
    for (const [responseKey, selected] of subfields(this.#at, type, nodes)) {
      const name = selected[0]?.name.value ?? ''
      const write = name === '__typename' ? (): string => `"${type.name}"` : part(name, selected)
      if (!write || !this.#guard(type, name, null)) return null
      parts.push({ key: `${parts.length === 0 ? '{' : ','}${JSON.stringify(responseKey)}:`, write })
    }
    return parts.length === 0 ? null : parts
  }

  /** Whether a field's rule can be asked by the writer; `byRow` collects those that look at the row. */
  #guard(type: GraphQLObjectType, name: string, byRow: number[] | null): boolean {
    if (name === '__typename') return true
    const rule = this.#catalogue.rule(type.name, name)
    if (!rule || rule.kind === 'checked') return false
    if (rule.kind === 'open') return true
    const guard = this.guards.add(rule, byRow === null ? null : this.#catalogue.owner(type.name), byRow !== null)
    byRow?.push(guard)
    return true
  }

  #part(layout: NodeLayout, type: GraphQLObjectType, name: string, responseKey: string, nodes: readonly FieldNode[]): WritePart | null {
    const field = type.getFields()[name]
    if (!field) return null
    const branch = layout.branches.find((each) => each.branch.responseKey === responseKey)
    const inner = getNamedType(field.type)
    // An edge that is missing must be nullable, as every guarded field is.
    if (branch) return isObjectType(inner) && !isNonNullType(field.type) ? this.#branch(branch, layout, inner, nodes) : null
    const table = this.#clauses.tables.of(layout.node.entity)
    const computed = this.#catalogue.computed(type.name, name)
    if (computed) {
      const write = valueWriter(this.#catalogue, this.#at, field.type, nodes)
      const sources = computed.from.map((property) => ({
        property,
        cell: layout.node.columns.indexOf(property),
        convert: VALUE_OF_CELL[table.cellType(property)],
      }))
      if (write === null || sources.some(({ cell }) => cell === -1)) return null
      return ({ context }, cells) => {
        const row: Record<string, unknown> = {}
        for (const { property, cell, convert } of sources) {
          const text = cells[cell] ?? null
          row[property] = text === null || convert === null ? text : convert(text)
        }
        const mark = cells[layout.mark]
        if (mark != null) row[CARE_MARK] = mark === 'true'
        return write(computed.compute(row, context))
      }
    }
    const cell = layout.node.columns.indexOf(name)
    if (cell === -1 || !this.#catalogue.plain(type.name, name)) return null
    const write = cellWriter(this.#catalogue, this.#at, field.type, table.cellType(name), nodes)
    return write && ((_writing, cells) => write(cells[cell] ?? null))
  }

  #branch(
    { branch, layout, cell }: BranchPlace,
    parent: NodeLayout,
    type: GraphQLObjectType,
    nodes: readonly FieldNode[],
  ): WritePart | null {
    const kind = auditedKind(this.#clauses, layout.node.entity)
    if (branch.edge.kind === 'connection') {
      const write = this.page(layout, parent, type, nodes)
      const request = branch.page?.request
      if (!write || !request) return null
      return (writing, cells, place) =>
        write(writing, writing.read.below(layout, parent.table, place), request, cell === -1 ? null : Number(cells[cell]))
    }
    const write = this.row(layout, parent, type, nodes)
    if (!write) return null
    if (branch.edge.kind === 'one') {
      return (writing, cells) => {
        const id = cells[cell]
        const place = id == null ? undefined : writing.read.placeOf(layout.table, id)
        if (place === undefined) return 'null'
        const written = (writing.written[layout.table] ??= [])
        const known = written[place]
        if (known !== undefined) return known
        if (kind && writing.notes) noteRows(writing, layout, kind, parent, [place])
        return (written[place] = write(writing, place))
      }
    }
    const single = branch.edge.single === true
    return (writing, _cells, place) => {
      const places = writing.read.below(layout, parent.table, place)
      if (single && places.length === 0) return 'null'
      if (kind && writing.notes) noteRows(writing, layout, kind, parent, places)
      return single ? write(writing, places[0] ?? -1) : listOf(writing, places, write)
    }
  }
}

const typeName = (type: GraphQLObjectType): WritePart => {
  const json = `"${type.name}"`
  return () => json
}
