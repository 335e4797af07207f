import type { Row } from '../../database/read-database.js'
import { groupsOf, type NodeLayout, type PlanTables } from './layout.js'

/** The root's table: it comes first. */
const ROOT = 0

/**
 * Tables that a plan has read, perhaps for several requests at once; and what is looked up in them, made for all of these requests when the
 * first asks for it.
 */
export class PlanRead {
  readonly tables: PlanTables
  readonly #places: (ReadonlyMap<string | null, number> | undefined)[] = []
  readonly #groups: (readonly (readonly number[])[] | undefined)[] = []
  #rows: readonly Row[] | undefined

  constructor(tables: PlanTables) {
    this.tables = tables
  }

  /** The place of the root row with this id; `undefined` when there is none among the actor's rows. */
  rootOf(id: string): number | undefined {
    return this.placeOf(ROOT, id)
  }

  /** The place of a row in a table whose first cell is the id. */
  placeOf(table: number, id: string): number | undefined {
    const places = (this.#places[table] ??= new Map(this.tables[table]?.map((cells, place) => [cells[0] ?? null, place])))
    return places.get(id)
  }

  /** The places of the rows below the row that stands at this place of its parent's table. */
  below({ table, parent }: NodeLayout, parentTable: number, place: number): readonly number[] {
    const groups = (this.#groups[table] ??= groupsOf(this.tables[table] ?? [], parent, this.tables[parentTable]?.length ?? 0))
    return groups[place] ?? []
  }

  /** The root rows for resolvers, made once. */
  rows(make: (tables: PlanTables) => Row[]): readonly Row[] {
    return (this.#rows ??= make(this.tables))
  }
}

/** Where nothing was read: only the count of a page is selected. */
export const NOTHING_READ = new PlanRead([])
