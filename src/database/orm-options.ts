import { defineConfig, type Options } from '@mikro-orm/postgresql'
import { Migrator } from '@mikro-orm/migrations'
import { JOBS_SCHEMA } from '../jobs/job.js'
import { ENTITIES } from './entities.js'

/**
 * The ORM's options for one database. Used for writes, migrations and metadata; reads go through prepared statements.
 * `baseUrl` of migrations differs between sources (drift checks) and the build, so it is an argument.
 */
export function ormOptions(clientUrl: string, migrationsPath: string, overrides: Partial<Options> = {}): Options {
  return defineConfig({
    clientUrl,
    entities: ENTITIES,
    extensions: [Migrator],
    forceUtcTimezone: true,
    // Names of constraints and messages of the driver can hold patient data: the ORM must not print them (SECURITY P7).
    debug: false,
    // Tables of the job queue, which it makes itself.
    schemaGenerator: { ignoreSchema: [JOBS_SCHEMA] },
    logger: () => undefined,
    migrations: {
      path: migrationsPath,
      tableName: 'schema_migration',
      // The snapshot serves `migration:create` alone; a running server must not write beside its own code.
      snapshot: false,
      snapshotName: '.snapshot',
      emit: 'ts',
      allOrNothing: true,
      transactional: true,
    },
    ...overrides,
  })
}
