import type { Row } from '../../database/read-database.js'
import { cursorOf } from './page.js'

/** The rows of one page, in the list's order. */
export interface Page {
  readonly rows: readonly Row[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

/** Where a connection gets its page and its count from, each only when asked. */
export interface PageSource {
  page(): Promise<Page>
  count(): Promise<number>
}

/** One row of a page. */
export class EdgeSource {
  readonly node: Row

  constructor(node: Row) {
    this.node = node
  }

  /** The row's cursor; made when it is selected. */
  cursor(): string {
    return cursorOf(this.node['id'] as string)
  }
}

/** What a connection field resolves to: GraphQL calls the methods for the fields that were selected. */
export class ConnectionSource {
  readonly #source: PageSource

  constructor(source: PageSource) {
    this.#source = source
  }

  /** The rows of the page with their cursors. */
  async edges(): Promise<EdgeSource[]> {
    const { rows } = await this.#source.page()
    return rows.map((row) => new EdgeSource(row))
  }

  /** What lies before and after the page. */
  async pageInfo(): Promise<Record<string, unknown>> {
    return pageInfoOf(await this.#source.page())
  }

  /** How many rows there are in all, under the same filter. */
  totalCount(): Promise<number> {
    return this.#source.count()
  }
}

/** What lies before and after a page. */
export function pageInfoOf({ rows, hasNextPage, hasPreviousPage }: Page): Record<string, unknown> {
  const [first] = rows
  const last = rows.at(-1)
  return {
    hasNextPage,
    hasPreviousPage,
    startCursor: first ? cursorOf(first['id'] as string) : null,
    endCursor: last ? cursorOf(last['id'] as string) : null,
  }
}
