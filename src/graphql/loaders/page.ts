import type { Row } from '../../database/read-database.js'
import { BadUserInputError, type FieldProblem } from '../errors.js'
import type { Page } from './connection.js'

/** The arguments of a Relay connection as the client gave them. */
export interface PageArguments {
  readonly first?: number | null
  readonly after?: string | null
  readonly last?: number | null
  readonly before?: string | null
}

/** A page to read: from where, which way, how many. */
export interface PageRequest {
  readonly limit: number
  readonly backward: boolean
  /** Id of the row the page begins after (or, backward, ends before). */
  readonly cursor: string | null
}

/** Rows on a page when the client does not say. */
export const DEFAULT_PAGE_SIZE = 20
/** The most rows a page can have (SECURITY D4). */
export const MAX_PAGE_SIZE = 100

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether the text is a UUID; anything else cannot be the id of a row. */
export const isUuid = (text: string): boolean => UUID.test(text)

/** The cursor of a row: opaque to clients, and nothing in it but the row's id. */
export const cursorOf = (id: string): string => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')

/** The id in a cursor, or `null` when it is not one of ours. */
export function idOfCursor(cursor: string): string | null {
  const bytes = Buffer.from(cursor, 'base64url')
  if (bytes.length !== 16 || bytes.toString('base64url') !== cursor) return null
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/**
 * Checks the arguments of a connection. Forward (`first`, `after`) or backward (`last`, `before`), not both.
 *
 * @throws BadUserInputError naming each wrong argument
 */
export function pageRequest(args: PageArguments): PageRequest {
  const problems: FieldProblem[] = []
  const backward = args.last != null || args.before != null
  if (backward && (args.first != null || args.after != null)) {
    problems.push({ field: 'last', message: 'use first and after, or last and before, not both' })
  }
  const sizeName = backward ? 'last' : 'first'
  const limit = (backward ? args.last : args.first) ?? DEFAULT_PAGE_SIZE
  if (limit < 1 || limit > MAX_PAGE_SIZE) problems.push({ field: sizeName, message: `must be between 1 and ${MAX_PAGE_SIZE}` })
  const text = backward ? args.before : args.after
  const cursor = text == null ? null : idOfCursor(text)
  if (text != null && cursor === null) problems.push({ field: backward ? 'before' : 'after', message: 'is not a cursor of this list' })
  if (problems.length > 0) throw new BadUserInputError(problems)
  return { limit, backward, cursor }
}

/** One row more than asked for was read: it tells whether there is a next page. Backward pages are read in reverse. */
export function pageOf(rows: Row[], request: PageRequest): Page {
  const more = rows.length > request.limit
  if (more) rows.length = request.limit
  if (!request.backward) return { rows, hasNextPage: more, hasPreviousPage: request.cursor !== null }
  return { rows: rows.toReversed(), hasNextPage: request.cursor !== null, hasPreviousPage: more }
}
