import type { Actor } from '../../access/actor.js'
import { decisionFor, type PlainRule } from '../../access/guards.js'
import { allows } from '../../access/rules.js'
import { NOT_WRITABLE } from './answer-fields.js'

/** Which of the rules of an answer have to be asked for every row, by their index. */
export type AskedByRow = readonly boolean[]

interface Guard {
  readonly rule: PlainRule
  /** The property of the row with its owner's id. */
  readonly owner: string | null
  /** Whether the parent is a row; a connection or an edge of one says nothing of its own. */
  readonly row: boolean
}

/** The rules of all fields of one answer, decided once per actor as the guards of resolvers are. */
export class AnswerGuards {
  readonly #guards: Guard[] = []
  readonly #decided = new WeakMap<Actor, { refused: boolean; asked: AskedByRow | null }>()

  /** Adds a rule; gives its index. */
  add(rule: PlainRule, owner: string | null, row: boolean): number {
    const known = this.#guards.findIndex((guard) => guard.rule === rule && guard.owner === owner && guard.row === row)
    return known === -1 ? this.#guards.push({ rule, owner, row }) - 1 : known
  }

  /** The rule with this index. */
  at(index: number): Guard | undefined {
    return this.#guards[index]
  }

  /**
   * Which rules have to be asked for every row; `null`: none, all fields are allowed.
   * @throws NOT_WRITABLE when a field is refused whatever the row
   */
  decide(actor: Actor): AskedByRow | null {
    let decided = this.#decided.get(actor)
    if (!decided) this.#decided.set(actor, (decided = this.#decide(actor)))
    if (decided.refused) throw NOT_WRITABLE
    return decided.asked
  }

  #decide(actor: Actor): { refused: boolean; asked: AskedByRow | null } {
    const decisions = this.#guards.map(({ rule, owner, row }) => {
      if (row) return decisionFor(rule, actor, owner)
      return allows(rule, actor, undefined, null) ? 'allowed' : 'refused'
    })
    const asked = decisions.map((decision) => decision === 'by row')
    return { refused: decisions.includes('refused'), asked: asked.includes(true) ? asked : null }
  }
}
