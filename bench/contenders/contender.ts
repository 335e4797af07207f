import { fileURLToPath } from 'node:url'

import type { Account, Facts } from '../database/fill.ts'
import type { Project } from '../project.ts'
import type { Ask, GraphQLQuestion, Workload } from '../workloads/workload.ts'
import { startServer, type ServerProcess } from './server-process.ts'

/** Who takes part. */
export const CONTENDERS = ['clinic', 'postgraphile', 'raw', 'apollo'] as const
export type ContenderName = (typeof CONTENDERS)[number]

/** What the report calls them. */
export const TITLES: Readonly<Record<ContenderName, string>> = {
  clinic: 'this server',
  postgraphile: 'PostGraphile 5',
  raw: 'raw json_agg',
  apollo: 'bare Apollo Server',
}

/** One HTTP request as it is sent under load. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** A server that is measured. */
export interface Contender {
  readonly name: ContenderName
  readonly server: ServerProcess
  /** Signs in again where that is needed: tokens live for minutes, a comparison may take longer. */
  signIn(): Promise<void>
  /** All requests of a workload; nothing when it takes no part in it. The n-th asks for the same as the n-th of every other contender. */
  requests(workload: Workload): Promise<readonly LoadRequest[]>
}

export interface ContenderOptions {
  readonly project: Project
  readonly databaseUrl: string
  readonly account: Account
  readonly facts: Facts
  /** Connections each server may open to the database. */
  readonly poolMax: number
  /** Folder for a CPU profile of this server. */
  readonly profile?: string
}

const peer = (file: string): string => fileURLToPath(new URL(`../peers/${file}`, import.meta.url))

/** Starts one contender with its settings for production. */
export async function startContender(name: ContenderName, options: ContenderOptions): Promise<Contender> {
  if (name === 'clinic') return startClinic(options)
  const env = { NODE_ENV: 'production', DATABASE_URL: options.databaseUrl, POOL_MAX: String(options.poolMax) }
  const nothing = async (): Promise<void> => undefined
  switch (name) {
    case 'postgraphile': {
      const server = await startServer({ file: peer('postgraphile-server.ts'), env: { ...env, GRAPHILE_ENV: 'production' } })
      return { name, server, signIn: nothing, requests: ({ postgraphile }) => graphqlRequests(server, postgraphile, options.facts, {}) }
    }
    case 'raw': {
      const server = await startServer({ file: peer('raw-server.ts'), env })
      return { name, server, signIn: nothing, requests: async (workload) => rawRequests(workload, options.facts) }
    }
    case 'apollo': {
      const server = await startServer({ file: peer('apollo-server.ts'), env })
      const question = { query: '{ __typename }', variables: () => [{}] }
      return {
        name,
        server,
        signIn: nothing,
        requests: async ({ bareApollo }) => (bareApollo ? graphqlRequests(server, question, options.facts, {}) : []),
      }
    }
  }
}

async function startClinic({ project, databaseUrl, account, facts, poolMax, profile }: ContenderOptions): Promise<Contender> {
  const server = await startServer({
    file: project.main,
    env: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      DATABASE_POOL_MAX: String(poolMax),
      JWT_SECRET: account.jwtSecret,
      PASSWORD_PEPPER: account.pepper,
      LOG_LEVEL: 'warn',
    },
    readyPath: '/health/ready',
    nodeOptions: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  })
  let headers = {}
  return {
    name: 'clinic',
    server,
    signIn: async () => {
      const query = 'mutation SignIn($input: LoginInput!) { login(input: $input) { accessToken } }'
      const input = { username: account.username, password: account.password }
      const { login } = (await asker(server, {})(query, { input })) as { login: { accessToken: string } }
      headers = { authorization: `Bearer ${login.accessToken}` }
    },
    requests: ({ clinic }) => graphqlRequests(server, clinic, facts, headers),
  }
}

async function graphqlRequests(
  server: ServerProcess,
  { query, variables }: GraphQLQuestion,
  facts: Facts,
  headers: Readonly<Record<string, string>>,
): Promise<LoadRequest[]> {
  const all = await variables(facts, asker(server, headers))
  return all.map((given) => graphqlRequest({ query, variables: given }, headers))
}

function graphqlRequest(body: object, headers: Readonly<Record<string, string>>): LoadRequest {
  return { method: 'POST', path: '/graphql', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

function rawRequests({ name, raw }: Workload, facts: Facts): LoadRequest[] {
  const all = raw?.values(facts) ?? []
  return all.map((values) => ({ method: 'GET', path: `/${name}?${encodeURIComponent(JSON.stringify(values))}`, headers: {} }))
}

function asker(server: ServerProcess, headers: Readonly<Record<string, string>>): Ask {
  return async (query, variables) => answerOf(server, graphqlRequest({ query, variables }, headers))
}

/**
 * Sends one request and gives back the `data` of its answer.
 * @throws Error when the answer is not 200, or reports any error
 */
export async function answerOf(server: ServerProcess, { method, path, headers, body }: LoadRequest): Promise<unknown> {
  const response = await fetch(server.url + path, {
    method,
    headers,
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(30_000),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} from ${server.url}${path.slice(0, 60)}: ${text.slice(0, 500)}`)
  const answer = JSON.parse(text) as { data?: unknown; errors?: unknown }
  if (answer.errors !== undefined) throw new Error(`errors from ${server.url}: ${JSON.stringify(answer.errors).slice(0, 500)}`)
  return answer.data
}
