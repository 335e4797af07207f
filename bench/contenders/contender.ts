import { fileURLToPath } from 'node:url'

import type { Account, Facts } from '../database/fill.ts'
import type { Project } from '../project.ts'
import type { Ask, GraphQLQuestion, Workload } from '../workloads/workload.ts'
import { signIn, startClinicServer } from './clinic.ts'
import { answerOf, bodyOf, graphqlQuestion, type Headers, type LoadRequest, type Question } from './question.ts'
import { startServer, type ServerProcess } from './server-process.ts'

/** Who takes part. */
export const CONTENDERS = ['clinic', 'postgraphile', 'nest', 'raw', 'apollo'] as const
export type ContenderName = (typeof CONTENDERS)[number]

/** What the report calls them. */
export const TITLES: Readonly<Record<ContenderName, string>> = {
  clinic: 'this server',
  postgraphile: 'PostGraphile 5',
  nest: 'NestJS + TypeORM',
  raw: 'raw json_agg',
  apollo: 'bare Apollo Server',
}

/** A server that is measured. */
export interface Contender {
  readonly name: ContenderName
  readonly server: ServerProcess
  /** Signs in again where that is needed: tokens live for minutes, a comparison may take longer. */
  signIn(): Promise<void>
  /** All questions of a workload; nothing when it takes no part in it. The n-th asks for the same as the n-th of every other contender. */
  questions(workload: Workload): Promise<readonly Question[]>
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

/** The REST server has decorators, which Node does not run: `npm run bench` compiles it first. */
const COMPILED = '../dist/rest/server.js'

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Starts one contender with its settings for production. */
export async function startContender(name: ContenderName, options: ContenderOptions): Promise<Contender> {
  const { facts } = options
  if (name === 'clinic') return startClinic(options)
  const env = { NODE_ENV: 'production', DATABASE_URL: options.databaseUrl, POOL_MAX: String(options.poolMax) }
  const nothing = async (): Promise<void> => undefined
  switch (name) {
    case 'postgraphile': {
      const server = await startServer({ file: file('../peers/postgraphile-server.ts'), env: { ...env, GRAPHILE_ENV: 'production' } })
      return { name, server, signIn: nothing, questions: ({ postgraphile }) => graphqlQuestions(server, postgraphile, facts, {}) }
    }
    case 'nest': {
      const server = await startServer({ file: file(COMPILED), env })
      return { name, server, signIn: nothing, questions: (workload) => restQuestions(server, workload, facts) }
    }
    case 'raw': {
      const server = await startServer({ file: file('../peers/raw-server.ts'), env })
      return { name, server, signIn: nothing, questions: async (workload) => rawQuestions(workload, facts) }
    }
    case 'apollo': {
      const server = await startServer({ file: file('../peers/apollo-server.ts'), env })
      const question = { query: '{ __typename }', variables: () => [{}] }
      return {
        name,
        server,
        signIn: nothing,
        questions: async ({ bareApollo }) => (bareApollo ? graphqlQuestions(server, question, facts, {}) : []),
      }
    }
  }
}

async function startClinic(options: ContenderOptions): Promise<Contender> {
  const { account, facts, profile } = options
  const server = await startClinicServer(options, {
    nodeOptions: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  })
  let headers = {}
  return {
    name: 'clinic',
    server,
    signIn: async () => {
      headers = await signIn(server, account)
    },
    questions: ({ clinic }) => graphqlQuestions(server, clinic, facts, headers),
  }
}

/** All questions of a workload to a GraphQL server. */
export async function graphqlQuestions(
  server: ServerProcess,
  { query, variables }: GraphQLQuestion,
  facts: Facts,
  headers: Headers,
): Promise<Question[]> {
  const ask: Ask = (text, given) => answerOf(server, graphqlQuestion(text, given, headers))
  const all = await variables(facts, ask)
  return all.map((given) => graphqlQuestion(query, given, headers))
}

async function restQuestions(server: ServerProcess, { rest }: Workload, facts: Facts): Promise<Question[]> {
  const get = (path: string): LoadRequest => ({ method: 'GET', path, headers: {} })
  const all = (await rest?.paths(facts, (path) => bodyOf(server, get(path)))) ?? []
  return all.map((paths) => ({ calls: paths.map(get), ...(rest && { compose: rest.compose }) }))
}

function rawQuestions({ name, raw }: Workload, facts: Facts): Question[] {
  const all = raw?.values(facts) ?? []
  return all.map((values) => ({ calls: [{ method: 'GET', path: `/${name}?${encodeURIComponent(JSON.stringify(values))}`, headers: {} }] }))
}
