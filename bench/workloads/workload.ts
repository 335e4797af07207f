import type { Facts } from '../database/fill.ts'

/** The names of the questions that are asked under load. */
export type WorkloadName = 'chart' | 'list' | 'board' | 'me'

/** Sends one GraphQL request to the server at hand and gives back its `data`. */
export type Ask = (query: string, variables: object) => Promise<unknown>

/** How a GraphQL server is asked. */
export interface GraphQLQuestion {
  readonly query: string
  /** Variables of every request; the n-th of one server asks for the same as the n-th of another. */
  readonly variables: (facts: Facts, ask: Ask) => Promise<readonly object[]> | readonly object[]
}

/** How the raw server is asked: one statement whose only column is the whole answer as JSON text. */
export interface SqlQuestion {
  readonly sql: string
  readonly values: (facts: Facts) => readonly (readonly unknown[])[]
}

/** The bodies of several answers, parsed. */
export type Bodies = readonly unknown[]

/** How a server with resources is asked: several calls, whose answers the client puts together. */
export interface RestQuestion {
  /** The paths of every question; whatever a later one of them needs to know of an earlier answer is asked beforehand. */
  readonly paths: (facts: Facts, get: (path: string) => Promise<unknown>) => Promise<readonly (readonly string[])[]>
  /** What the other servers answer at once. */
  readonly compose: (bodies: Bodies) => unknown
}

/** One question, put to each server in its own words. The answers must be equal; aliases make their field names so. */
export interface Workload {
  readonly name: WorkloadName
  readonly title: string
  readonly clinic: GraphQLQuestion
  readonly postgraphile: GraphQLQuestion
  readonly raw?: SqlQuestion
  readonly rest?: RestQuestion
  /** Whether the answer of a bare Apollo Server to `{ __typename }` is measured beside it: what HTTP and GraphQL cost by themselves. */
  readonly bareApollo?: true
  /** False where the servers answer something different on purpose. */
  readonly comparable?: false
}

/** Instants in SQL as the clinic writes them: milliseconds, UTC. */
export const instant = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** The rows of a subquery as a JSON array; empty, not null, when there are none. `json_agg` keeps the order of its input. */
export const arrayOf = (rows: string): string => `(select coalesce(json_agg(r), '[]') from (${rows}) r)`

/** The same as a Relay connection: `{ edges: [{ node }] }`. */
export const edgesOf = (rows: string): string =>
  `(select json_build_object('edges', coalesce(json_agg(json_build_object('node', r)), '[]')) from (${rows}) r)`

/** Walks the pages of a connection: variables `{ after }` of the first pages, none for the first. */
export async function walk(ask: Ask, query: string, pages: number): Promise<{ after: string | null }[]> {
  const variables: { after: string | null }[] = []
  let after: string | null = null
  for (let page = 0; page < pages; page += 1) {
    const answer = (await ask(query, { after })) as { patients: { pageInfo: { endCursor: string } } }
    after = answer.patients.pageInfo.endCursor
    variables.push({ after })
  }
  return variables
}
