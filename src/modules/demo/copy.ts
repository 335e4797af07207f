import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import type { ClientBase } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { COLUMNS, TABLES } from './columns.js'
import type { ClinicRows, TableName } from './rows.js'

/** Rows in PostgreSQL's COPY text format, by table, waiting to be sent. */
export class CopyBuffer {
  readonly #texts = new Map<TableName, string[]>()
  #length = 0

  /** About how many characters are waiting. */
  get length(): number {
    return this.#length
  }

  push<T extends TableName>(table: T, row: ClinicRows[T]): void {
    const line = encodeRow(row, COLUMNS[table] as readonly (keyof ClinicRows[T])[])
    const lines = this.#texts.get(table)
    if (lines === undefined) this.#texts.set(table, [line])
    else lines.push(line)
    this.#length += line.length
  }

  /** Sends everything to the tables, parents first, in one COPY per table. */
  async send(client: ClientBase): Promise<void> {
    for (const table of TABLES) {
      const lines = this.#texts.get(table)
      if (lines === undefined) continue
      const columns = COLUMNS[table].map((column) => `"${column}"`).join(', ')
      // One write per megabyte or so: smaller ones cost a message each, a larger one would be held twice.
      await pipeline(Readable.from(pieces(lines)), client.query(copyFrom(`copy "${table}" (${columns}) from stdin`)))
    }
    this.#texts.clear()
    this.#length = 0
  }
}

function* pieces(lines: readonly string[]): Generator<Buffer> {
  const most = 2000
  for (let start = 0; start < lines.length; start += most) yield Buffer.from(lines.slice(start, start + most).join(''))
}

/** One row as a line of COPY text. */
export function encodeRow<Row>(row: Row, columns: readonly (keyof Row)[]): string {
  let line = ''
  for (const column of columns) line += (line === '' ? '' : '\t') + encode(row[column])
  return `${line}\n`
}

function encode(value: unknown): string {
  if (typeof value === 'string') return escape(value)
  if (value === null || value === undefined) return '\\N'
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return escape(`{${value.map((item) => `"${String(item).replace(/["\\]/g, '\\$&')}"`).join(',')}}`)
  throw new TypeError('COPY knows text, numbers, booleans, lists of text and null')
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
}
const SPECIAL = /[\\\n\r\t\b\f\v]/
const EVERY_SPECIAL = /[\\\n\r\t\b\f\v]/g

/** Most texts have nothing to escape, and a test is much cheaper than a replacement. */
function escape(text: string): string {
  return SPECIAL.test(text) ? text.replace(EVERY_SPECIAL, (character) => ESCAPES[character] ?? character) : text
}
