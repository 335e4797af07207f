import { lexicographicSortSchema, printSchema } from 'graphql'
import { MikroORM } from '@mikro-orm/postgresql'
import { ormOptions } from '../src/database/orm-options.js'
import { buildClinicSchema } from '../src/graphql/schema.js'
import type { Services } from '../src/graphql/services.js'

// Prints the schema as SDL (`npm run schema`). Needs no database: only the entities' metadata are read, and no resolver is called.
const orm = new MikroORM(ormOptions('postgresql://127.0.0.1/none', 'migrations'))
const { schema } = buildClinicSchema(orm.getMetadata(), {} as Services)
process.stdout.write(`${printSchema(lexicographicSortSchema(schema))}\n`)
