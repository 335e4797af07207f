import type { Account } from '../database/fill.ts'
import type { Project } from '../project.ts'
import { answerOf, graphqlQuestion, type Headers } from './question.ts'
import { startServer, type ServerProcess, type ServerProcessOptions } from './server-process.ts'

/** What a process of this server is told. */
export interface ClinicServerOptions {
  readonly project: Project
  readonly databaseUrl: string
  readonly account: Account
  /** Connections it may open to the database. */
  readonly poolMax: number
}

/** Starts this server with its settings for production; `file` instead of the one that `npm start` runs. */
export function startClinicServer(
  { project, databaseUrl, account, poolMax }: ClinicServerOptions,
  { file, env, nodeOptions, ...rest }: Partial<Pick<ServerProcessOptions, 'file' | 'env' | 'nodeOptions' | 'probe'>> = {},
): Promise<ServerProcess> {
  return startServer({
    file: file ?? project.main,
    // As `npm start` and the container image run it.
    nodeOptions: ['--max-semi-space-size=64', ...(nodeOptions ?? [])],
    env: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      DATABASE_POOL_MAX: String(poolMax),
      JWT_SECRET: account.jwtSecret,
      PASSWORD_PEPPER: account.pepper,
      LOG_LEVEL: 'warn',
      ...env,
    },
    readyPath: '/health/ready',
    ...rest,
  })
}

/** The sign-in of an account. */
export const SIGN_IN = 'mutation SignIn($input: LoginInput!) { login(input: $input) { accessToken } }'

/** Signs in and gives back the headers of a request as that account. */
export async function signIn(server: ServerProcess, { username, password }: { username: string; password: string }): Promise<Headers> {
  const { login } = (await answerOf(server, graphqlQuestion(SIGN_IN, { input: { username, password } }, {}))) as {
    login: { accessToken: string }
  }
  return { authorization: `Bearer ${login.accessToken}` }
}
