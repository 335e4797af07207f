import 'reflect-metadata'
import type { MetadataStorage } from '@mikro-orm/core'
import { isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import { buildSchemaSync, getMetadataStorage, type NonEmptyArray } from 'type-graphql'
import { incompleteAccess, installGuards, type Owners } from '../access/guards.js'
import type { AccessMap, FieldRule } from '../access/rules.js'
import type { RowScope } from '../access/scope.js'
import { shieldSchema } from '../access/shield.js'
import type { GraphQLContext } from './context.js'
import { bindLive, liveResolverClass, NO_PUB_SUB, type LiveField } from './live-fields.js'
import { bindLoaders } from './loaders/bind.js'
import { Clauses } from './loaders/clauses.js'
import type { Edge } from './loaders/declaration.js'
import { edgeResolverClasses, rootResolverClass, typeNameOf } from './loaders/fields.js'
import { StatementBuilder, StatementCache } from './loaders/statements.js'
import { ReadTables } from './loaders/table.js'
import type { ClinicModule } from './module.js'
import { MODULES } from './modules.js'
import type { AnswerCatalogue } from './plan/answer-fields.js'
import { Answers } from './plan/answers.js'
import { Planner } from './plan/planner.js'
import type { Catalogue } from './plan/select.js'
import type { Services } from './services.js'

/** The schema with the access rules in force, and the statements its loaders run. */
export interface ClinicSchema {
  readonly schema: GraphQLSchema
  readonly statements: StatementCache
  /** Reads a root field with everything below it in one statement. */
  readonly planner: Planner
  /** Writes answers of plans without executing their documents. */
  readonly answers: Answers
  readonly access: AccessMap
  readonly owners: Owners
  /** The row scopes by GraphQL type. */
  readonly scopes: ReadonlyMap<string, RowScope>
  /** The fields of `Subscription` by name. */
  readonly live: ReadonlyMap<string, LiveField>
}

/** How rules are enforced: `guards` is what the server runs; `shield` has graphql-shield enforce every rule, to compare the two. */
export type Enforcement = 'guards' | 'shield'

/**
 * Builds the schema of all modules.
 *
 * @throws Error when a field has no access rule, or a rule no field (SECURITY A2)
 */
export function buildClinicSchema(metadata: MetadataStorage, services: Services, enforcement: Enforcement = 'guards'): ClinicSchema {
  const edges = MODULES.flatMap((module) => module.edges)
  const roots = MODULES.flatMap((module) => module.roots)
  const schema = typeGraphqlSchema(services)
  const scopes = new Map(MODULES.flatMap((module) => module.scopes).map((scope) => [scope.entity() as unknown, scope] as const))
  bindLoaders(schema, edges, roots, typeNameOf, scopes)
  bindComputed(schema, MODULES)
  const live = MODULES.flatMap((module) => module.live ?? [])
  bindLive(schema, live)

  const owners = ownersOf(scopes.values())
  const byType = new Map([...scopes.values()].map((scope) => [typeNameOf(scope.entity()), scope] as const))
  const access = mergeAccess(MODULES)
  const problems = incompleteAccess(schema, access)
  if (problems.length > 0) throw new Error(`The access rules are not complete:\n  ${problems.join('\n  ')}`)

  const typeNames = new Map(getMetadataStorage().objectTypes.map(({ target, name }) => [target as unknown, name] as const))
  const clauses = new Clauses(new ReadTables(metadata, schema, typeNames), scopes)
  const statements = new StatementCache(new StatementBuilder(clauses))
  const catalogue: Catalogue & AnswerCatalogue = {
    ...catalogueOf(clauses, edges, plainFieldsOf(schema)),
    rule: (typeName, field) => access[typeName]?.[field],
    owner: (typeName) => owners.get(typeName) ?? null,
  }
  const planner = new Planner(catalogue, statements.builder)
  const answers = new Answers(schema, roots, scopes, access)
  const parts = {
    statements,
    planner,
    answers,
    access,
    owners,
    scopes: byType,
    live: new Map(live.map((field) => [field.row.name, field])),
  }
  if (enforcement === 'shield') return { schema: shieldSchema(schema, access, owners, 'all'), ...parts }
  installGuards(schema, access, owners)
  return { schema: shieldSchema(schema, access, owners, 'checked'), ...parts }
}

let declared: ReturnType<typeof declareFields> | undefined

/** TypeGraphQL's metadata is one for the process: declared fields are added to it once, however often a schema is built. */
function declareFields() {
  return [
    ...edgeResolverClasses(MODULES.flatMap((module) => module.edges)),
    rootResolverClass(MODULES.flatMap((module) => module.roots)),
    liveResolverClass(MODULES.flatMap((module) => module.live ?? [])),
  ]
}

function typeGraphqlSchema(services: Services): GraphQLSchema {
  declared ??= declareFields()
  const resolvers = [...declared, ...MODULES.flatMap((module) => module.resolvers ?? [])]
  const instances = new Map<unknown, object>()
  return buildSchemaSync({
    resolvers: resolvers as unknown as NonEmptyArray<new () => object>,
    validate: false,
    pubSub: NO_PUB_SUB,
    container: {
      get: (resolver) => {
        const instance = instances.get(resolver) ?? new (resolver as new (services: Services) => object)(services)
        instances.set(resolver, instance)
        return instance
      },
    },
  })
}

function bindComputed(schema: GraphQLSchema, modules: readonly ClinicModule[]): void {
  for (const [typeName, fields] of modules.flatMap((module) => Object.entries(module.computed ?? {}))) {
    const type = schema.getType(typeName)
    for (const [name, { compute }] of Object.entries(fields)) {
      const field = isObjectType(type) ? type.getFields()[name] : undefined
      if (!field) throw new Error(`${typeName}.${name} is computed but not in the schema`)
      field.resolve = ((row, _args, context) => compute(row, context)) satisfies GraphQLFieldResolver<never, GraphQLContext> as never
    }
  }
}

/** Fields that are the property of their name: asked before guards stand before every field. */
function plainFieldsOf(schema: GraphQLSchema): (typeName: string, field: string) => boolean {
  const plain = new Set<string>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) if (!field.resolve) plain.add(`${type.name}.${field.name}`)
  }
  return (typeName, field) => plain.has(`${typeName}.${field}`)
}

/** What plans must know of the declarations. */
function catalogueOf(
  clauses: Clauses,
  edges: readonly Edge[],
  plain: AnswerCatalogue['plain'],
): Catalogue & Pick<AnswerCatalogue, 'computed' | 'plain'> {
  const byField = new Map(edges.map((edge) => [`${typeNameOf(edge.parent())}.${edge.name}`, edge] as const))
  const computed = new Map(
    MODULES.flatMap((module) => Object.entries(module.computed ?? {})).flatMap(([type, fields]) =>
      Object.entries(fields).map(([field, made]) => [`${type}.${field}`, made] as const),
    ),
  )
  return {
    edge: (typeName, field) => byField.get(`${typeName}.${field}`),
    sources: (typeName, field) => computed.get(`${typeName}.${field}`)?.from ?? (plain(typeName, field) ? [field] : ['id', field]),
    computed: (typeName, field) => computed.get(`${typeName}.${field}`),
    plain,
    readable: (entity, property) => clauses.tables.of(entity).readable(property),
    ownerOf: (entity) => clauses.scope(entity).owner,
  }
}

function ownersOf(scopes: Iterable<RowScope>): Owners {
  return new Map([...scopes].map((scope) => [typeNameOf(scope.entity()), scope.owner] as const))
}

/** Several modules give rules for one type (each for its own edges); two for one field would be a contradiction. */
function mergeAccess(modules: readonly ClinicModule[]): AccessMap {
  const merged: Record<string, Record<string, FieldRule>> = {}
  for (const [type, fields] of modules.flatMap((module) => Object.entries(module.access))) {
    const known = (merged[type] ??= {})
    for (const [field, rule] of Object.entries(fields)) {
      if (known[field]) throw new Error(`${type}.${field} has two access rules`)
      known[field] = rule
    }
  }
  return merged
}
