import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import Assembler from 'stream-json/assembler.js'
import { parser } from 'stream-json/parser.js'

import { child, isObject, text, type JsonObject } from './fhir-json.js'
import type { ProblemCode } from './import-problems.js'

/** A resource as it was read. */
export interface ReadResource {
  readonly resource: JsonObject
  /** Under which name the other entries of the bundle refer to it. */
  readonly fullUrl: string | undefined
}

/** A part of a file that could not be read while the rest could. */
export interface ReadGap {
  readonly gap: Extract<ProblemCode, 'line-not-json' | 'entry-without-resource'>
  /** Where: `line 12`, `entry[3]`. */
  readonly place: string
}

/** The whole file is of no use. What was read of it before must be forgotten. */
export class UnreadableFileError extends Error {
  readonly code: Extract<ProblemCode, `file-${string}`>

  constructor(code: UnreadableFileError['code'], options?: ErrorOptions) {
    super(code, options)
    this.name = 'UnreadableFileError'
    this.code = code
  }
}

/** Bundles whose entries are resources to keep. Others hold messages, history or answers to requests. */
const BUNDLE_TYPES = new Set(['transaction', 'batch', 'collection', 'searchset', 'document'])
/** Up to here a file is parsed in one piece, which is ten times faster; above, it is read token by token in constant memory. */
const WHOLE_FILE_LIMIT = 32 * 1024 * 1024
const LINES = /\.(?:ndjson|jsonl)(?:\.gz)?$/i

/**
 * Reads the FHIR resources of one file: a bundle, a single resource, or one of either per line (NDJSON); gzip is recognised by content.
 * @param onBytes told how many bytes of the file (as it lies on the disk) were read
 * @param wholeFileLimit in characters; for tests
 * @throws UnreadableFileError at any point, also after resources were given
 */
export async function* readFhir(
  path: string,
  onBytes: (count: number) => void = () => undefined,
  wholeFileLimit = WHOLE_FILE_LIMIT,
): AsyncGenerator<ReadResource | ReadGap> {
  const { stream, compressed } = await openText(path, onBytes)
  try {
    yield* LINES.test(path) ? readLines(stream) : readDocument(stream, wholeFileLimit)
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error
    if (isZlibError(error)) throw new UnreadableFileError('file-bad-compression', { cause: error })
    if (isSystemError(error)) throw new UnreadableFileError('file-unreadable', { cause: error })
    throw new UnreadableFileError(compressed && isCutOff(error) ? 'file-bad-compression' : 'file-not-json', { cause: error })
  } finally {
    stream.destroy()
  }
}

async function openText(path: string, onBytes: (count: number) => void): Promise<{ stream: Readable; compressed: boolean }> {
  const magic = Buffer.alloc(2)
  try {
    const file = await open(path)
    try {
      await file.read(magic, 0, 2, 0)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw new UnreadableFileError('file-unreadable', { cause: error })
  }
  const raw = createReadStream(path)
  raw.on('data', (chunk) => onBytes(chunk.length))
  const compressed = magic[0] === 0x1f && magic[1] === 0x8b
  if (!compressed) return { stream: raw.setEncoding('utf8'), compressed }
  const gunzip = createGunzip()
  raw.on('error', (error) => gunzip.destroy(error))
  gunzip.on('close', () => raw.destroy())
  return { stream: raw.pipe(gunzip).setEncoding('utf8'), compressed }
}

async function* readLines(stream: Readable): AsyncGenerator<ReadResource | ReadGap> {
  let failure: Error | undefined
  // readline ends quietly when its input fails.
  stream.on('error', (error) => {
    failure = error
  })
  let line = 0
  for await (const content of createInterface({ input: stream, crlfDelay: Infinity })) {
    line++
    if (content.trim() === '') continue
    const value = parseLine(content)
    if (isObject(value) && text(value, 'resourceType') !== undefined) yield* resourcesOf(value)
    else yield { gap: 'line-not-json', place: `line ${line}` }
  }
  if (failure !== undefined) throw failure
}

function parseLine(content: string): unknown {
  try {
    return JSON.parse(withoutMark(content))
  } catch {
    return undefined
  }
}

async function* readDocument(stream: Readable, limit: number): AsyncGenerator<ReadResource | ReadGap> {
  const head: string[] = []
  let size = 0
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<string>
  for (;;) {
    const next = await chunks.next()
    if (next.done === true) break
    head.push(next.value)
    size += next.value.length
    if (size > limit) {
      yield* readHugeBundle(head, chunks)
      return
    }
  }
  const value: unknown = JSON.parse(withoutMark(head.join('')))
  if (!isObject(value) || text(value, 'resourceType') === undefined) throw new UnreadableFileError('file-not-fhir')
  yield* resourcesOf(value)
}

function* resourcesOf(value: JsonObject): Generator<ReadResource | ReadGap> {
  if (value['resourceType'] !== 'Bundle') {
    yield { resource: value, fullUrl: undefined }
    return
  }
  assertBundleType(text(value, 'type'))
  const entries = value['entry']
  for (const [index, entry] of (Array.isArray(entries) ? entries : []).entries()) yield entryOf(entry, index)
}

function entryOf(entry: unknown, index: number): ReadResource | ReadGap {
  const resource = isObject(entry) ? child(entry, 'resource') : undefined
  if (!isObject(entry) || resource === undefined) return { gap: 'entry-without-resource', place: `entry[${index}]` }
  return { resource, fullUrl: text(entry, 'fullUrl') }
}

/** Walks the tokens of a bundle and puts together one entry at a time. What kind of bundle it is may stand at its end. */
async function* readHugeBundle(head: readonly string[], rest: AsyncIterator<string>): AsyncGenerator<ReadResource | ReadGap> {
  async function* chunks(): AsyncGenerator<string> {
    yield* head
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  }
  const about: { resourceType?: string; type?: string } = {}
  const assembler = new Assembler()
  let depth = 0
  let key = ''
  let index = 0
  const source = Readable.from(chunks())
  const tokens = parser.asStream({ streamValues: false })
  source.on('error', (error) => tokens.destroy(error))
  for await (const token of source.pipe(tokens) as AsyncIterable<parser.Token>) {
    if (depth >= 2 && key === 'entry') {
      assembler.consume(token)
    } else if (depth === 1 && token.name === 'keyValue') {
      key = token.value
    } else if (depth === 1 && token.name === 'stringValue' && (key === 'resourceType' || key === 'type')) {
      about[key] = token.value
    }
    if (token.name === 'startObject' || token.name === 'startArray') depth++
    else if (token.name === 'endObject' || token.name === 'endArray') {
      depth--
      if (depth === 2 && key === 'entry') yield entryOf(assembler.current, index++)
    }
  }
  if (about.resourceType !== 'Bundle') throw new UnreadableFileError('file-not-fhir')
  assertBundleType(about.type)
}

function assertBundleType(type: string | undefined): void {
  if (type === undefined || !BUNDLE_TYPES.has(type)) throw new UnreadableFileError('file-bundle-type')
}

/** A byte order mark is no JSON, and Windows puts one. */
function withoutMark(content: string): string {
  return content.startsWith('\uFEFF') ? content.slice(1) : content
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function isZlibError(error: unknown): boolean {
  return codeOf(error).startsWith('Z_')
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

function isCutOff(error: unknown): boolean {
  return error instanceof Error && error.message.includes('unexpected end of file')
}
