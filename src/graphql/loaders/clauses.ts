import {
  ACTOR_FACTS,
  CARE_MARK,
  IN_CARE,
  MARKED,
  type EntityClass,
  type RowScope,
  type ScopedRow,
  type ScopeVariant,
} from '../../access/scope.js'
import { filterFieldOf, type ConnectionEdge, type FilterDeclaration, type FilterUse, type OrderKey, type SqlRow } from './declaration.js'
import { quote, type ReadTable, type ReadTables } from './table.js'

/** Collects the parameters of one statement: each name becomes one placeholder, however often it is used. */
export class Parameters {
  readonly names: string[] = []

  placeholder(name: string, type: string): string {
    const index = this.names.indexOf(name)
    return `$${index === -1 ? this.names.push(name) : index + 1}::${type}`
  }
}

/** One use of a table in a statement. */
export interface TableUse {
  readonly entity: EntityClass
  readonly alias: string
  readonly filter: FilterDeclaration | undefined
  readonly scope: ScopeVariant
  readonly parameters: Parameters
  /** Put before the names of this use's parameters, so that two uses of one filter in a statement do not share values. */
  readonly prefix: string
  /** An array, in SQL, of patients who are known to be in the actor's care: rows of theirs need not be asked for it again. */
  readonly inCare?: string | undefined
}

/** How rows refer to their parent. */
export type ParentKey = Pick<ConnectionEdge, 'key' | 'among'>

/** Makes the parts that every statement is put together from: conditions, row scope, cursor, order. */
export class Clauses {
  readonly tables: ReadTables
  readonly #scopes: ReadonlyMap<unknown, RowScope>

  constructor(tables: ReadTables, scopes: ReadonlyMap<unknown, RowScope>) {
    this.tables = tables
    this.#scopes = scopes
  }

  /** The scope of an entity; an entity without one cannot be read. */
  scope(entity: EntityClass): RowScope {
    const scope = this.#scopes.get(entity)
    if (!scope) throw new Error(`${entity.name} has no row scope`)
    return scope
  }

  /** The rows of the actor's scope, as a condition. */
  scoped(use: TableUse): string {
    if (use.scope === 'all' || use.scope === 'marked') return 'true'
    const { restricted, care, owner } = this.scope(use.entity)
    const row = this.#scopedRow(this.tables.of(use.entity), use.alias, use.parameters)
    const known =
      use.inCare !== undefined && owner !== null && use.scope.includes(IN_CARE) ? [`${row.column(owner)} = any(${use.inCare})`] : []
    const asked = use.scope
      .filter((index) => index !== MARKED)
      .map((index) => `(${(index === IN_CARE ? care?.(row) : restricted[index]?.where(row)) ?? 'false'})`)
    const conditions = [...known, ...asked]
    return conditions.length === 0 ? 'false' : `(${conditions.join(' or ')})`
  }

  /** Whether the rows of a use are patients, and all of them in the actor's care. */
  arePatientsInCare({ entity, scope }: TableUse): boolean {
    return this.scope(entity).owner === 'id' && typeof scope !== 'string' && scope.length === 1 && scope[0] === IN_CARE
  }

  /** Whether all rows of a use that refer by this key to a patient in the actor's care are in its scope for that alone. */
  areInCareByKey({ entity, scope }: TableUse, { key, among }: ParentKey): boolean {
    return among === undefined && this.scope(entity).owner === key && typeof scope !== 'string' && scope.includes(IN_CARE)
  }

  /** The mark of care, where rows of both kinds can meet; else `null`. */
  mark(use: TableUse): string | null {
    if (use.scope !== 'marked' && (use.scope === 'all' || !use.scope.includes(MARKED))) return null
    return this.scope(use.entity).care?.(this.#scopedRow(this.tables.of(use.entity), use.alias, use.parameters)) ?? 'true'
  }

  /** The select list of a table's rows, with the mark of care where there is one. */
  columns(use: TableUse): string {
    const columns = this.tables.of(use.entity).columns(use.alias)
    const mark = this.mark(use)
    return mark === null ? columns : `${columns}, ${mark} as ${quote(CARE_MARK)}`
  }

  /** The filter fields in use and the row scope, as conditions. */
  conditions(use: TableUse, filters: readonly FilterUse[]): string[] {
    return [...this.filtered(use, filters), this.scoped(use)]
  }

  /** The filter fields in use, as conditions: for rows that are known to be in the scope. */
  filtered(use: TableUse, filters: readonly FilterUse[]): string[] {
    const conditionOf = (name: FilterUse): string => {
      const others = filters.filter((other) => other !== name)
      return `(${filterFieldOf(use.filter, name).where(this.row(use, others))})`
    }
    return filters.map(conditionOf)
  }

  /**
   * Keyset paging. The cursor holds an id and nothing else, so that it cannot give away what it orders by; the values are looked up
   * here, within the actor's rows, and compared key by key. Parameter: `cursor`.
   */
  cursor(use: TableUse, order: readonly OrderKey[], backward: boolean): { source: string; condition: string } {
    const at: TableUse = { ...use, alias: `${use.alias}c` }
    const row = this.row(at)
    const columns = order.map((key, index) => `${expression(row, key)} as k${index}`)
    const table = this.tables.of(use.entity)
    const conditions = [`${table.column(at.alias, 'id')} = ${use.parameters.placeholder(`${use.prefix}cursor`, 'uuid')}`, this.scoped(at)]
    const source = `${use.alias}a`
    return {
      // Rows of a view may share an id, and with it their place in the order.
      source: `(select ${columns.join(', ')} from ${table.name} ${at.alias} where ${and(conditions)} limit 1) ${source}`,
      condition: beyond(order, backward, this.row(use), source),
    }
  }

  /** That a row belongs to a parent, by its key. */
  belongs({ entity, alias }: TableUse, { key, among }: ParentKey, parentId: string): string {
    const table = this.tables.of(entity)
    const belongs = `${table.column(alias, key)} = ${parentId}`
    return among === undefined ? belongs : `${belongs} and ${table.column(alias, among.property)} && ${among.keys(parentId)}`
  }

  /** The keys of an order, reversed for a backward page. */
  orderBy(use: TableUse, order: readonly OrderKey[], backward = false): string {
    const row = this.row(use)
    return order.map((key) => `${expression(row, key)} ${descends(key, backward) ? 'desc' : 'asc'}`).join(', ')
  }

  /** The row of a use, for conditions and orders that are more than a column; `others` are the filters in use beside the one that asks. */
  row(use: TableUse, others: readonly FilterUse[] = []): SqlRow {
    const { entity, alias, filter, parameters, prefix } = use
    const table = this.tables.of(entity)
    const types = valueTypes(filter)
    return {
      column: (property) => table.column(alias, property),
      value: (name) => {
        const type = types.get(name)
        if (type === undefined) throw new Error(`no filter gives a value named ${name}`)
        return parameters.placeholder(`${prefix}${name}`, type)
      },
      again: (inner) => {
        const at = { ...use, alias: inner }
        const row = this.row(at)
        const conditions = [...others.map((other) => `(${filterFieldOf(filter, other).where(row)})`), this.scoped(at)]
        return { from: `${table.name} ${inner}`, row, condition: and(conditions) }
      },
    }
  }

  #scopedRow(table: ReadTable, alias: string, parameters: Parameters): ScopedRow {
    return {
      column: (property) => table.column(alias, property),
      actor: (fact) => parameters.placeholder(`actor.${fact}`, ACTOR_FACTS[fact].type),
      related: (property, where) => {
        const referred = this.tables.of(table.referred(property).class as EntityClass)
        const inner = `${alias}_`
        const condition = where(this.#scopedRow(referred, inner, parameters))
        return `exists (select from ${referred.name} ${inner} where ${referred.column(inner, 'id')} = ${table.column(alias, property)} and ${condition})`
      },
    }
  }
}

/** All conditions together. */
export const and = (conditions: readonly string[]): string => conditions.filter((condition) => condition !== 'true').join(' and ') || 'true'

const typesByFilter = new WeakMap<FilterDeclaration, ReadonlyMap<string, string>>()

function valueTypes(filter: FilterDeclaration | undefined): ReadonlyMap<string, string> {
  if (!filter) return new Map()
  let types = typesByFilter.get(filter)
  if (!types) {
    const fields = Object.values(filter.fields).flatMap((field) => ('shapes' in field ? Object.values(field.shapes) : [field]))
    types = new Map(fields.flatMap((field) => Object.entries(field.values).map(([name, { type }]) => [name, type] as const)))
    typesByFilter.set(filter, types)
  }
  return types
}

const expression = (row: SqlRow, key: OrderKey): string => (typeof key.by === 'string' ? row.column(key.by) : key.by(row))

const descends = (key: OrderKey, backward: boolean): boolean => (key.direction === 'desc') !== backward

/** The condition "after the cursor". One row comparison when all keys run the same way, so that an index serves it; else spelled out. */
function beyond(order: readonly OrderKey[], backward: boolean, row: SqlRow, source: string): string {
  const keys = order.map((key, index) => ({
    left: expression(row, key),
    right: `${source}.k${index}`,
    operator: descends(key, backward) ? '<' : '>',
  }))
  const [first] = keys
  if (first && keys.every(({ operator }) => operator === first.operator)) {
    return `(${keys.map(({ left }) => left).join(', ')}) ${first.operator} (${keys.map(({ right }) => right).join(', ')})`
  }
  const alternatives = keys.map(({ left, right, operator }, index) => {
    const equal = keys.slice(0, index).map((key) => `${key.left} = ${key.right}`)
    return `(${[...equal, `${left} ${operator} ${right}`].join(' and ')})`
  })
  return `(${alternatives.join(' or ')})`
}
