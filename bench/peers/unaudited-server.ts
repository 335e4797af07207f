/** This server with the audit of reads off, which no setting can do: only to measure what it costs. Environment as of this server, and `DIST`. */
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'

const { DIST, DATABASE_URL } = process.env
if (DIST === undefined || DATABASE_URL === undefined) throw new Error('This server is started by the comparison, not by hand.')
const load = async (path: string): Promise<unknown> => import(pathToFileURL(join(DIST, 'src', path)).href)
const { createApp } = (await load('app.js')) as typeof import('../../src/app.js')
const { loadEnv } = (await load('env.js')) as typeof import('../../src/env.js')
const { createLogger } = (await load('logging.js')) as typeof import('../../src/logging.js')

const env = loadEnv()
const app = await createApp({ env, logger: createLogger(env), databaseUrl: DATABASE_URL, audit: false })
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)))
