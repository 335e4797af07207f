import {
  getNamedType,
  getVariableValues,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  visit,
  type DocumentNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { getComplexity, type ComplexityEstimator } from 'graphql-query-complexity'

import { ClinicError } from './errors.js'

/**
 * What an operation may cost (SECURITY D3). The cost is the number of rows its answer can hold: one per object, times the page size of every
 * connection around it. Scalars are free, they come with their row.
 */
export const COST = {
  /**
   * A hundred patients with ten appointments and their doctors each cost 2,000; fifty whole charts with a hundred appointments each, the most
   * a front end has a use for, some 80,000; three nested pages of a hundred a million.
   */
  limit: 100_000,
  /** Rows of a connection whose size is not given, and the largest page there is. */
  defaultPage: 20,
  largestPage: 100,
  /** Usual rows of a plain list, which is a small closed set: allergies of a patient, diagnoses of a visit. Most are empty or hold one. */
  plainList: 1.5,
} as const

const isList = (type: GraphQLOutputType): boolean => isListType(isNonNullType(type) ? type.ofType : type)

/** Rows a connection field may give. Sizes outside of the bounds are refused by its resolver, so they count as the nearest one. */
function pageSize(args: Readonly<Record<string, unknown>>): number {
  const asked = args['first'] ?? args['last']
  const size = typeof asked === 'number' ? asked : COST.defaultPage
  return Math.min(Math.max(size, 1), COST.largestPage)
}

/** A list that is no small closed set says what to reckon with, by `@Extensions({ rows })`. */
const usualRows = ({ rows }: Readonly<Record<string, unknown>>): number => (typeof rows === 'number' ? rows : COST.plainList)

const rowsOf: ComplexityEstimator = ({ field, args, childComplexity }) => {
  const type = getNamedType(field.type)
  if (!isCompositeType(type) || type.name === 'PageInfo') return 0
  if (isObjectType(type) && 'edges' in type.getFields()) return 1 + pageSize(args) * childComplexity
  if (type.name.endsWith('Edge')) return childComplexity
  return (isList(field.type) ? usualRows(field.extensions) : 1) * (1 + childComplexity)
}

/** Costs of one document, by the values of the variables that change it. */
interface DocumentCosts {
  readonly variables: readonly string[]
  readonly known: Map<string, number>
}

/** Clients send a handful of page sizes; a stranger's thousandth is not worth remembering. */
const MAX_REMEMBERED = 50

/** Judges operations against the limit. Costs are remembered per document, which the server keeps parsed. */
export class CostLimit {
  readonly #documents = new WeakMap<DocumentNode, DocumentCosts>()

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limit: number = COST.limit,
  ) {}

  /**
   * @param document valid for the schema
   * @throws ClinicError `TOO_EXPENSIVE` with `cost` and `limit` when the operation may hold too many rows
   */
  check(document: DocumentNode, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): void {
    const cost = this.#cost(document, operation, variables)
    if (cost <= this.limit) return
    throw new ClinicError(
      'TOO_EXPENSIVE',
      `The operation may answer ${cost} rows, at most ${this.limit} are allowed: ask for smaller pages.`,
      {
        cost,
        limit: this.limit,
      },
    )
  }

  #cost(document: DocumentNode, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): number {
    let costs = this.#documents.get(document)
    if (costs === undefined) this.#documents.set(document, (costs = { variables: costVariables(document), known: new Map() }))
    const key = JSON.stringify([operation.name?.value, ...costs.variables.map((name) => variables[name])])
    const known = costs.known.get(key)
    if (known !== undefined) return known

    // Execution refuses wrong variables as a whole, with a better message than we could give.
    const definitions = operation.variableDefinitions ?? []
    if (getVariableValues(this.schema, definitions, variables, { maxErrors: 1 }).errors !== undefined) return 0
    const cost = Math.ceil(
      getComplexity({
        schema: this.schema,
        query: document,
        variables,
        estimators: [rowsOf],
        ...(operation.name && { operationName: operation.name.value }),
      }),
    )
    if (costs.known.size < MAX_REMEMBERED) costs.known.set(key, cost)
    return cost
  }
}

/** Variables that page sizes and `@include`/`@skip` depend on; no other one changes the cost. */
function costVariables(document: DocumentNode): string[] {
  const names = new Set<string>()
  const collect = { Variable: ({ name }: { name: { value: string } }) => void names.add(name.value) }
  visit(document, {
    Argument: (node) => {
      if (node.name.value === 'first' || node.name.value === 'last') visit(node.value, collect)
    },
    Directive: (node) => void visit(node, collect),
  })
  return [...names]
}
