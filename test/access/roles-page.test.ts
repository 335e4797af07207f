import { readFile } from 'node:fs/promises'
import { MikroORM } from '@mikro-orm/postgresql'
import { expect, it } from 'vitest'
import { rolesPage } from '../../scripts/pages.js'
import { ormOptions } from '../../src/database/orm-options.js'
import { buildClinicSchema } from '../../src/graphql/schema.js'
import type { Services } from '../../src/graphql/services.js'

it('who may what is as it was last reviewed: a change of a rule is a change of docs/roles.md (SECURITY A1, A10)', async () => {
  const metadata = new MikroORM(ormOptions('postgresql://127.0.0.1/none', 'migrations')).getMetadata()
  const { access, scopes } = buildClinicSchema(metadata, {} as Services)
  expect(rolesPage(access, scopes)).toBe(await readFile('docs/roles.md', 'utf8'))
})
