import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** A file that is made from the code: written by the plain command, compared by `--check`, so that it cannot go stale. */
export function keepGenerated(path: string, content: string): void {
  if (!process.argv.includes('--check')) {
    writeFileSync(path, content)
    process.stdout.write(`${path} written\n`)
    return
  }
  if (existsSync(path) && readFileSync(path, 'utf8') === content) return
  process.stderr.write(`${path} is not what the code makes it: run npm run generate\n`)
  process.exitCode = 1
}
