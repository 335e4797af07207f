import type { EntityManager } from '@mikro-orm/postgresql'
import type { Actor } from '../../access/actor.js'
import { scopeOf, type EntityClass } from '../../access/scope.js'
import { NotFoundError } from '../errors.js'
import { Parameters } from './clauses.js'
import { isUuid } from './page.js'
import { valuesOf, type StatementBuilder } from './statements.js'

/** A row that an actor reaches. */
export type ReachedRow = Readonly<Record<string, unknown>> & { readonly id: string }

/**
 * The row scope of reads, for services: asked inside a transaction, so that a write can be checked before and after it. A change that
 * would put a row out of the actor's reach, or into it, fails one of the two.
 */
export class RowReach {
  readonly #statements: () => StatementBuilder

  /** @param statements the builder of the schema, which is made after the services */
  constructor(statements: () => StatementBuilder) {
    this.#statements = statements
  }

  /** Which of the rows the actor reaches, as the transaction sees them. */
  async reached(em: EntityManager, actor: Actor, entity: EntityClass, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.rows(em, actor, entity, ids)
    return new Set(rows.map(({ id }) => id))
  }

  /**
   * Those of the rows that the actor reaches: properties of the entity, references as ids, and the mark of care where there is one (see
   * `scope.ts`), so that a service can ask a rule of it.
   */
  async rows(em: EntityManager, actor: Actor, entity: EntityClass, ids: readonly string[]): Promise<ReachedRow[]> {
    const wellFormed = ids.filter(isUuid)
    if (wellFormed.length === 0) return []
    const builder = this.#statements()
    const read = builder.byId(entity, scopeOf(builder.clauses.scope(entity), actor))
    const { sql, values } = forOrm(read.text, valuesOf(read, actor, { keys: wellFormed }))
    return em.execute<ReachedRow[]>(sql, values)
  }

  /** @throws NotFoundError when the row is missing or outside of the actor's rows: both look alike (SECURITY A6) */
  async require(em: EntityManager, actor: Actor, entity: EntityClass, id: string): Promise<void> {
    const reached = await this.reached(em, actor, entity, [id])
    if (!reached.has(id.toLowerCase())) throw new NotFoundError()
  }

  /** The rows that the actor reaches, as a condition on the table with this alias: for statements that look for rows to change. */
  condition(actor: Actor, entity: EntityClass, alias: string): SqlPart {
    const { clauses } = this.#statements()
    const parameters = new Parameters()
    const scope = scopeOf(clauses.scope(entity), actor)
    const text = clauses.scoped({ entity, alias, filter: undefined, scope, parameters, prefix: '' })
    return forOrm(text, valuesOf({ parameters: parameters.names }, actor, {}))
  }
}

/** A part of a statement as the ORM takes it: a `?` for each value, in order. */
export interface SqlPart {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** `$1` of the read path, which may come several times, to the ORM's `?`. */
function forOrm(text: string, given: readonly unknown[]): SqlPart {
  const values: unknown[] = []
  const sql = text.replaceAll(/\$(\d+)/g, (_match, index: string) => {
    const value = given[Number(index) - 1]
    // The ORM spreads lists into several parameters; ids in an array literal need no quoting.
    values.push(Array.isArray(value) ? `{${value.join(',')}}` : value)
    return '?'
  })
  return { sql, values }
}
