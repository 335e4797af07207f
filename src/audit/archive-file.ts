import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { GENESIS, type ChainEnd, type ChainLink } from './chain.js'

/**
 * An archive is NDJSON: a first line with the event before it, one line per event, and a last line with its end. The text of an event is
 * kept as it was hashed, so that anybody can check it with SHA-256 and nothing else (see `docs/audit.md`).
 */
const FORMAT = 'clinic audit archive 1'
const HASH_START = '{"hash":"'.length
const EVENT_START = HASH_START + 64 + '","event":'.length

/** The file is no archive, or was cut off. */
export class ArchiveFileError extends Error {
  override readonly name = 'ArchiveFileError'
}

/** What an archive says of itself, apart from its events. */
export interface ArchiveContents {
  /** The event before the first one. */
  readonly after: ChainEnd
  readonly links: AsyncIterable<ChainLink>
}

/**
 * Writes an archive, for its owner's eyes; the file appears under its name only when it is whole and on the disk.
 * @returns its end
 * @throws when the file exists
 */
export async function writeArchive(path: string, after: ChainEnd, links: AsyncIterable<ChainLink>): Promise<ChainEnd> {
  const partial = `${path}.partial`
  const target = await open(path, 'wx', 0o600)
  await target.close()
  const file = await open(partial, 'w', 0o600)
  let end = after
  try {
    let text = `${JSON.stringify({ format: FORMAT, after })}\n`
    for await (const { seq, hash, line } of links) {
      text += `{"hash":"${hash}","event":${line}}\n`
      end = { seq, hash }
      if (text.length > 1_000_000) {
        await file.write(text)
        text = ''
      }
    }
    await file.write(`${text}${JSON.stringify({ end, events: end.seq - after.seq })}\n`)
    await file.sync()
    await file.close()
    await rename(partial, path)
    return end
  } catch (error) {
    await file.close()
    await rm(partial, { force: true })
    await rm(path, { force: true })
    throw error
  }
}

/**
 * Opens an archive.
 * @throws ArchiveFileError when it is none; while its events are read, when it ends early
 */
export async function readArchive(path: string): Promise<ArchiveContents> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  const first = await lines.next()
  const header = parsed(first.done === true ? '' : first.value) as { format?: unknown; after?: ChainEnd } | null
  if (header?.format !== FORMAT || !header.after) throw new ArchiveFileError(`${path} is not an archive of the audit trail.`)
  return { after: header.after, links: eventsOf(path, lines, header.after) }
}

async function* eventsOf(path: string, lines: AsyncIterator<string>, after: ChainEnd): AsyncGenerator<ChainLink> {
  let seq = after.seq
  for (;;) {
    const next = await lines.next()
    if (next.done === true) throw new ArchiveFileError(`${path} was cut off after event ${seq}.`)
    const line: string = next.value
    if (line.startsWith('{"end":')) {
      const footer = parsed(line) as { end?: ChainEnd } | null
      if (footer?.end?.seq !== seq) throw new ArchiveFileError(`${path} does not end where it says.`)
      return
    }
    const event = line.slice(EVENT_START, -1)
    const found = (parsed(event) as { seq?: unknown } | null)?.seq
    seq = typeof found === 'number' ? found : seq + 1
    yield { seq, hash: line.slice(HASH_START, HASH_START + 64), line: event }
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/** The text form of an end of the chain, as commands print and take it. */
export const endText = ({ seq, hash }: ChainEnd): string => `${seq}:${hash}`

/** Reads {@link endText}; `null` when it is none. */
export function parseEnd(text: string): ChainEnd | null {
  const match = /^(\d+):([0-9a-f]{64})$/.exec(text.trim())
  return match ? { seq: Number(match[1]), hash: match[2] ?? GENESIS.hash } : null
}
