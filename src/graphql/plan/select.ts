import { getArgumentValues, getNamedType, isObjectType, type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo } from 'graphql'
import { collectSubfields } from 'graphql/execution/collectFields.js'
import type { EntityClass } from '../../access/scope.js'
import { ClinicError } from '../errors.js'
import type { Edge } from '../loaders/declaration.js'
import { filterOf } from '../loaders/filters.js'
import { pageRequest } from '../loaders/page.js'
import type { ConnectionArguments } from '../loaders/variants.js'
import type { PlanBranch, PlanNode, PlannedPage } from './plan.js'

/** What a plan must know of the declarations. */
export interface Catalogue {
  /** The edge behind `Type.field`. */
  edge(typeName: string, field: string): Edge | undefined
  /** Properties that a field is made from: itself, or what a computed field reads; a resolver of its own knows the row by its id. */
  sources(typeName: string, field: string): readonly string[]
  /** Whether the property can be read from the entity's table. */
  readable(entity: EntityClass, property: string): boolean
  /** The property that says whose row it is: read with every row. */
  ownerOf(entity: EntityClass): string | null
}

/** What is needed of an operation to know what is selected. */
export type Selecting = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'>

/** Selected fields by response key; several nodes where a document selects one field in several places. */
export type Selections = ReadonlyMap<string, readonly FieldNode[]>

/** How a row is reached: by the root field, or by an edge. `cursors`: whether places of rows in their list are selected. */
export interface Reached {
  readonly by: Edge | null
  readonly cursors: boolean
}

/** The tree below a row of `type`. */
export function nodeOf(
  catalogue: Catalogue,
  info: Selecting,
  entity: EntityClass,
  type: GraphQLObjectType,
  fields: readonly FieldNode[],
  { by, cursors }: Reached,
): PlanNode {
  const columns = new Set<string>()
  const branches: PlanBranch[] = []
  let unplanned = false
  for (const [responseKey, nodes] of subfields(info, type, fields)) {
    const [node] = nodes
    if (!node || node.name.value === '__typename') continue
    const edge = catalogue.edge(type.name, node.name.value)
    const branch = edge && branchOf(catalogue, info, type, edge, responseKey, nodes)
    if (branch) branches.push(branch)
    else if (edge?.kind === 'one') columns.add(edge.from)
    else if (edge) unplanned = true
    else
      for (const property of catalogue.sources(type.name, node.name.value)) if (catalogue.readable(entity, property)) columns.add(property)
  }
  const owner = catalogue.ownerOf(entity)
  const ownerAbove = by !== null && by.kind !== 'one' && by.key === owner ? owner : null
  if (owner !== null && ownerAbove === null) columns.add(owner)
  const found = by === null || by.kind === 'one'
  const asked = found || cursors || unplanned || branches.some(({ node }) => node.ownerAbove !== null) || columns.size === 0
  const rest = [...columns].filter((property) => property !== 'id')
  return { entity, columns: asked || columns.has('id') ? ['id', ...rest] : rest, ownerAbove, branches }
}

/** The rows and counts that the document selects of a connection, or `null` when one tree cannot hold them. */
export function connectionSelection(
  info: Selecting,
  type: GraphQLObjectType,
  fields: readonly FieldNode[],
): { rows: boolean; count: boolean; cursors: boolean; nodes: readonly FieldNode[]; nodeType: GraphQLObjectType } | null {
  const selected = subfields(info, type, fields)
  const edges = named(selected, 'edges')
  const [edgeNodes = [], secondEdges] = edges
  if (secondEdges) return null
  const edgeType = getNamedType(type.getFields()['edges']?.type)
  if (!isObjectType(edgeType)) return null
  const ofEdges = subfields(info, edgeType, edgeNodes)
  const [nodes = [], secondNodes] = named(ofEdges, 'node')
  const nodeType = getNamedType(edgeType.getFields()['node']?.type)
  if (secondNodes || !isObjectType(nodeType)) return null
  const paged = named(selected, 'pageInfo').length > 0
  const cursors = paged || named(ofEdges, 'cursor').length > 0
  return { rows: edges.length > 0 || paged, count: named(selected, 'totalCount').length > 0, cursors, nodes, nodeType }
}

function branchOf(
  catalogue: Catalogue,
  info: Selecting,
  parent: GraphQLObjectType,
  edge: Edge,
  responseKey: string,
  nodes: readonly FieldNode[],
): PlanBranch | null {
  const type = getNamedType(parent.getFields()[edge.name]?.type)
  if (!isObjectType(type)) return null
  if (edge.kind !== 'connection') {
    const node = nodeOf(catalogue, info, edge.target(), type, nodes, { by: edge, cursors: false })
    return { edge, responseKey, node, page: null }
  }
  const selection = connectionSelection(info, type, nodes)
  const page = selection && pageOf(info, parent, edge, nodes)
  if (!selection || !page) return null
  const { cursors } = selection
  const node = nodeOf(catalogue, info, edge.target(), selection.nodeType, selection.nodes, { by: edge, cursors })
  return { edge, responseKey, node, page: { ...page, rows: selection.rows, count: selection.count } }
}

/** The arguments of a nested connection; `null` when they are wrong, so that the field's own resolver says so. */
function pageOf(
  info: Selecting,
  parent: GraphQLObjectType,
  edge: Edge & { kind: 'connection' },
  [node]: readonly FieldNode[],
): Omit<PlannedPage, 'rows' | 'count'> | null {
  const field = parent.getFields()[edge.name]
  if (!field || !node) return null
  try {
    const args = getArgumentValues(field, node, info.variableValues) as ConnectionArguments
    const { uses, values } = filterOf(edge.filter, args.filter)
    return { request: pageRequest(args), filters: uses, values }
  } catch (error) {
    if (error instanceof ClinicError) return null
    throw error
  }
}

const named = (selections: Selections, name: string): (readonly FieldNode[])[] =>
  [...selections.values()].filter(([node]) => node?.name.value === name)

/** What is selected below fields of this type. */
export function subfields(info: Selecting, type: GraphQLObjectType, fields: readonly FieldNode[]): Selections {
  return collectSubfields(info.schema, info.fragments, info.variableValues, type, fields)
}
