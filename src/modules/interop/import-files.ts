import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What a folder is searched for; a file that is named itself is read whatever it is called. */
const INPUT_NAME = /\.(?:json|ndjson|jsonl)(?:\.gz)?$/i

/** The files an import reads, and what it left aside. */
export interface InputFiles {
  /** In a fixed order, so that the same input always gives the same clinic. */
  readonly files: readonly string[]
  /** Files in the folders that do not look like FHIR. */
  readonly ignored: readonly string[]
  /** Paths that do not exist. */
  readonly missing: readonly string[]
}

/** Files below the paths, folders included to any depth; a file reached twice counts once. Symbolic links inside folders are not followed. */
export async function findInputFiles(paths: readonly string[]): Promise<InputFiles> {
  const files = new Set<string>()
  const ignored = new Set<string>()
  const missing: string[] = []
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined)
    if (found === undefined) missing.push(path)
    else if (!found.isDirectory()) files.add(path)
    else {
      const entries = await readdir(path, { recursive: true, withFileTypes: true })
      for (const entry of entries) {
        if (entry.isFile()) (INPUT_NAME.test(entry.name) ? files : ignored).add(join(entry.parentPath, entry.name))
      }
    }
  }
  return { files: [...files].toSorted(), ignored: [...ignored].filter((file) => !files.has(file)), missing }
}
