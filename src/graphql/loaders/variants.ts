import type { FilterUse, OrderKey, PagedDeclaration } from './declaration.js'
import { filterOf } from './filters.js'
import { pageRequest, type PageArguments, type PageRequest } from './page.js'

/** The arguments of a paged field. */
export interface ConnectionArguments extends PageArguments {
  readonly filter?: Readonly<Record<string, unknown>> | null
  readonly orderBy?: string | null
}

/** A page of a list, as its arguments ask for it. */
export interface AskedPage {
  readonly request: PageRequest
  readonly uses: readonly FilterUse[]
  /** Values of the filter's placeholders. */
  readonly values: Readonly<Record<string, unknown>>
  readonly order: readonly OrderKey[]
}

/**
 * Checks the arguments of a paged field.
 * @throws BadUserInputError for wrong page arguments or filter values
 */
export function askedPage({ filter }: PagedDeclaration, args: ConnectionArguments, order: readonly OrderKey[]): AskedPage {
  const request = pageRequest(args)
  const { uses, values } = filterOf(filter, args.filter)
  return { request, uses, values, order }
}

/** What pages share a statement: all that are alike but for their values. */
export const variantOf = ({ request: { backward, cursor }, uses, order }: AskedPage): string =>
  `${backward ? 'b' : 'f'}${cursor === null ? '' : 'c'}|${uses.join(',')}|${orderKey(order)}`

/** What tells pages of one variant apart. */
export const pageKeyOf = ({ request: { limit, cursor }, uses, values }: AskedPage): string =>
  `${limit}|${cursor ?? ''}|${filterKeyOf(uses, values)}`

/** A filter with its values. */
export const filterKeyOf = (uses: readonly FilterUse[], values: Readonly<Record<string, unknown>>): string =>
  uses.length === 0 ? '' : JSON.stringify([uses, values])

const orderKeys = new WeakMap<readonly OrderKey[], string>()
let orders = 0

/** Orders are declared constants: each list of keys is told apart by identity. */
function orderKey(order: readonly OrderKey[]): string {
  let key = orderKeys.get(order)
  if (key === undefined) orderKeys.set(order, (key = String((orders += 1))))
  return key
}
