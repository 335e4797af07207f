import {
  coerceInputValue,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'

import type { FieldProblem } from './errors.js'

/** More than this many problems are not worth listing. */
const MAX_PROBLEMS = 50

/**
 * Says which variables are wrong and why, without repeating a value: graphql-js puts the refused values into its messages, and they are
 * patients' data (SECURITY D8). Run only after an operation was refused, so that good requests do not pay for it.
 */
export function variableProblems(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): FieldProblem[] {
  const problems: FieldProblem[] = []
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value
    const type = typeFromAST(schema, definition.type)
    if (!isInputType(type)) continue
    const value = variables[name]
    if (value === undefined) {
      if (isNonNullType(type) && definition.defaultValue === undefined) problems.push({ field: name, message: 'is required' })
      continue
    }
    coerceInputValue(
      value,
      type,
      (path, _value, error) => {
        if (problems.length < MAX_PROBLEMS) problems.push(describe(name, type, path, error.message))
      },
      true,
    )
  }
  return problems
}

const MISSING = /^Field "(\w+)" of required type "[^"]+" was not provided\.$/
const UNKNOWN = /^Field "(\w{1,64})" is not defined by type "/
const ONE_OF = /^Exactly one key must be specified/

function describe(variable: string, type: GraphQLInputType, path: readonly (string | number)[], message: string): FieldProblem {
  const field = [variable, ...path].join('.')
  const missing = MISSING.exec(message)?.[1]
  if (missing !== undefined) return { field: `${field}.${missing}`, message: 'is required' }
  const unknown = UNKNOWN.exec(message)?.[1]
  if (unknown !== undefined) return { field: `${field}.${unknown}`, message: 'is not known here' }
  if (ONE_OF.test(message)) return { field, message: 'must have exactly one of its fields' }
  if (message.endsWith('not to be null.')) return { field, message: 'must not be null' }
  return { field, message: expectation(typeAt(type, path)) }
}

function expectation(type: GraphQLInputType): string {
  const named = getNamedType(type)
  if (isEnumType(named))
    return `must be one of ${named
      .getValues()
      .map(({ name }) => name)
      .join(', ')}`
  return isInputObjectType(named) ? 'must be an object' : `must be a valid ${named.name}`
}

/** The type of the value at a path below a variable. */
function typeAt(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType {
  let current = type
  for (const step of path) {
    const bare = isNonNullType(current) ? current.ofType : current
    if (isListType(bare)) {
      current = bare.ofType
      if (typeof step === 'number') continue
    }
    const named = getNamedType(current)
    const next = isInputObjectType(named) ? named.getFields()[step]?.type : undefined
    if (next === undefined) return current
    current = next
  }
  return current
}
