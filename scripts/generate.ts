import { readFileSync } from 'node:fs'
import { MikroORM } from '@mikro-orm/postgresql'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { ormOptions } from '../src/database/orm-options.js'
import { buildClinicSchema } from '../src/graphql/schema.js'
import type { Services } from '../src/graphql/services.js'
import { entityPicture } from './entity-picture.js'
import { keepGenerated } from './generated.js'
import { errorsPage, rolesPage } from './pages.js'

// Everything in the repository that is made from the code: the SDL, the picture in the README, the pages of roles and error codes.
// Needs no database: only metadata are read, and no resolver is called.
const metadata = new MikroORM(ormOptions('postgresql://127.0.0.1/none', 'migrations')).getMetadata()
const { schema, access, scopes } = buildClinicSchema(metadata, {} as Services)

keepGenerated('schema.graphql', `${printSchema(lexicographicSortSchema(schema))}\n`)
keepGenerated('docs/roles.md', rolesPage(access, scopes))
keepGenerated('docs/errors.md', errorsPage())

const readme = readFileSync('README.md', 'utf8')
const picture = `<!-- entities -->\n\n${entityPicture(metadata)}\n<!-- /entities -->`
keepGenerated(
  'README.md',
  readme.replace(/<!-- entities -->[\s\S]*<!-- \/entities -->/, () => picture),
)
