import fc from 'fast-check'
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql'

/** What random queries put in the place of values. */
export interface Values {
  readonly ids: readonly string[]
  readonly cursors: readonly string[]
  readonly texts: readonly string[]
  /** Fields to leave out: what every request changes cannot be compared between two. */
  readonly without?: readonly string[]
  /**
   * For documents that are meant to reach deep: pages in one direction and of a size that is allowed, most fields included, and for a field
   * that gives one row mostly ids of its type; `without` some fields.
   */
  readonly deep?: { readonly idsOf: Readonly<Record<string, readonly string[]>>; readonly without: readonly string[] }
}

/** A random document without variables, made from the schema alone: a new type or field is in it without a change here. */
export function randomQuery(schema: GraphQLSchema, values: Values, maxDepth: number): fc.Arbitrary<string> {
  const query = schema.getQueryType()
  if (!query) throw new Error('the schema has no queries')
  return new Generator(values).selection(query, maxDepth).map((selection) => `query ${selection}`)
}

class Generator {
  readonly #values: Values

  constructor(values: Values) {
    this.#values = values
  }

  selection(type: GraphQLObjectType, depth: number): fc.Arbitrary<string> {
    const fields = Object.values(type.getFields()).filter(
      ({ name, type: fieldType }) =>
        (depth > 0 || isLeafType(getNamedType(fieldType))) &&
        this.#values.deep?.without.includes(name) !== true &&
        this.#values.without?.includes(name) !== true,
    )
    if (fields.length === 0) return fc.constant('{ __typename }')
    return (
      fc
        .uniqueArray(fc.constantFrom(...fields), { minLength: 1, maxLength: 4 })
        .chain((chosen) => fc.tuple(...chosen.map((field, index) => this.#field(type, field, depth, index))))
        // Rows say who they are, unless the document only has to be odd.
        .map((selected) => `{ ${this.#values.deep && type.getFields()['id'] ? 'id ' : ''}${selected.join(' ')} }`)
    )
  }

  #field(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>, depth: number, index: number): fc.Arbitrary<string> {
    const type = getNamedType(field.type)
    const below = isObjectType(type) ? this.selection(type, depth - 1) : fc.constant('')
    const wrapping = this.#values.deep
      ? fc.constantFrom('', '', '', '', '', '', '', '@include(if: true)', '@skip(if: true)')
      : fc.constantFrom('', '', '', '@include(if: true)', '@skip(if: true)')
    return fc
      .tuple(this.#arguments(field), below, fc.boolean(), wrapping, fc.boolean())
      .map(([args, selection, aliased, directive, fragment]) => {
        const text = `${aliased ? `a${index}: ` : ''}${field.name}${args} ${directive} ${selection}`
        return fragment ? `... on ${parent.name} { ${text} }` : text
      })
  }

  #arguments(field: GraphQLField<unknown, unknown>): fc.Arbitrary<string> {
    const ids = this.#values.deep?.idsOf[getNamedType(field.type).name]
    if (ids && field.args.length === 1 && field.args[0]?.name === 'id')
      return fc.constantFrom(...ids).map((id) => `(id: ${JSON.stringify(id)})`)
    if (this.#values.deep && field.args.some(({ name }) => name === 'last')) {
      const without = (names: readonly string[]) => this.#given(field.args.filter(({ name }) => !names.includes(name)))
      return fc.oneof({ weight: 4, arbitrary: without(['last', 'before']) }, { weight: 1, arbitrary: without(['first', 'after']) })
    }
    return this.#given(field.args)
  }

  #given(args: readonly GraphQLArgument[]): fc.Arbitrary<string> {
    const given = args.map((arg) =>
      isNonNullType(arg.type)
        ? this.#argument(arg).map((value) => `${arg.name}: ${value}`)
        : fc.option(this.#argument(arg), { freq: 3, nil: undefined }).map((value) => (value === undefined ? '' : `${arg.name}: ${value}`)),
    )
    return fc.tuple(...given).map((parts) => {
      const present = parts.filter((part) => part !== '')
      return present.length === 0 ? '' : `(${present.join(', ')})`
    })
  }

  #argument({ name, type }: GraphQLArgument): fc.Arbitrary<string> {
    if ((name === 'first' || name === 'last') && this.#values.deep) return fc.constantFrom('1', '3', '10', '50')
    if (name === 'first' || name === 'last') return fc.constantFrom('1', '2', '3', '7', '0', '101')
    if (name === 'after' || name === 'before') return fc.constantFrom(...this.#values.cursors.map((cursor) => JSON.stringify(cursor)))
    return this.#value(type)
  }

  #value(input: GraphQLInputType): fc.Arbitrary<string> {
    const type = getNullableType(input)
    if (isListType(type)) return fc.array(this.#value(type.ofType), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`)
    if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name))
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields())
      return fc
        .uniqueArray(fc.constantFrom(...fields), { maxLength: 2 })
        .chain((chosen) => fc.tuple(...chosen.map((field) => this.#value(field.type).map((value) => `${field.name}: ${value}`))))
        .map((parts) => `{ ${parts.join(', ')} }`)
    }
    switch (getNamedType(type).name) {
      case 'ID':
        return fc.constantFrom(...this.#values.ids.map((id) => JSON.stringify(id)))
      case 'Int':
        return fc.integer({ min: 0, max: 9 }).map(String)
      case 'Boolean':
        return fc.boolean().map(String)
      case 'DateTime':
        return fc.constantFrom('"2024-01-01T00:00:00Z"', '"2024-01-01T05:00:00+02:00"', '"2030-01-01T00:00:00Z"')
      case 'LocalDate':
        return fc.constantFrom('"1980-05-17"', '"2024-01-01"')
      default:
        return fc.constantFrom(...this.#values.texts.map((text) => JSON.stringify(text)))
    }
  }
}
