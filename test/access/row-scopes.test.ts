import { MikroORM } from '@mikro-orm/postgresql'
import { expect, it } from 'vitest'
import type { ScopedRow } from '../../src/access/scope.js'
import { ormOptions } from '../../src/database/orm-options.js'
import { buildClinicSchema } from '../../src/graphql/schema.js'
import type { Services } from '../../src/graphql/services.js'

const rowOf = (name: string): ScopedRow => ({
  column: (property) => `${name}.${property}`,
  actor: (fact) => `:${fact}`,
  related: (property, where) => `exists ${name}.${property}: (${where(rowOf(`${name}.${property}`))})`,
})

/** What it says is the business of `decisions.test.ts`: here counts of whom. */
const RELATION = /\(exists \(select from appointment care where care\.patient_id = (\S+).*?care\.registered_by_id = .*?\)\)/

it('who sees which rows is as it was last reviewed: a change of a scope is a change of row-scopes.txt (SECURITY A5, A10)', async () => {
  const metadata = new MikroORM(ormOptions('postgresql://127.0.0.1/none', 'migrations')).getMetadata()
  const { scopes } = buildClinicSchema(metadata, {} as Services)
  const pages = [...scopes].map(([type, { entity, all, countable, restricted, owner, care, audited = false }]) =>
    [
      `${type} (${entity().name}), ${owner === null ? 'of nobody' : `of the patient in ${owner}`}${audited ? ', audited' : ''}`,
      `  all: ${all.join(', ')}`,
      `  counted: ${countable.join(', ')}`,
      ...restricted.map(({ capability, where }) => `  ${capability}: ${where(rowOf('row'))}`),
      `  in care: ${care === null ? 'not bounded' : care(rowOf('row')).replace(RELATION, 'care($1)')}`,
    ].join('\n'),
  )
  await expect(`${pages.toSorted().join('\n\n')}\n`).toMatchFileSnapshot('row-scopes.txt')
})
