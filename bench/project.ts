import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What the comparison uses of the built project: the server it measures, and the project's own means of making a database. */
export interface Project {
  /** The file that starts the server. */
  readonly main: string
  readonly startEmbeddedPostgres: typeof import('../src/database/embedded.js').startEmbeddedPostgres
  readonly migrateDatabase: typeof import('../src/database/migrate.js').migrateDatabase
  readonly seedClinic: typeof import('../src/modules/demo/seeder.js').seedClinic
  readonly PasswordHasher: typeof import('../src/modules/identity/password.js').PasswordHasher
}

/**
 * Loads a build. The build and not the sources, because that is what runs in production.
 * @param dist folder that `npm run build` writes
 */
export async function loadProject(dist: string): Promise<Project> {
  const main = resolve(dist, 'src/main.js')
  if (!existsSync(main)) throw new Error(`${main} is not there: build the project first (npm run build in the folder above).`)
  const load = async (path: string): Promise<unknown> => import(pathToFileURL(join(resolve(dist), 'src', path)).href)
  const parts: object[] = (await Promise.all([
    load('database/embedded.js'),
    load('database/migrate.js'),
    load('modules/demo/seeder.js'),
    load('modules/identity/password.js'),
  ])) as object[]
  return { main, ...Object.assign({}, ...parts) } as Project
}
