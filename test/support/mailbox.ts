import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestServer } from './server.js'

/** The letters a server has put into its mailbox, oldest first, with soft line breaks undone. */
export async function lettersOf(server: TestServer): Promise<string[]> {
  const folder = join(server.env.CLINIC_DATA_DIR, 'mail')
  const names = await readdir(folder).catch(() => [])
  const letters = await Promise.all(
    names
      .filter((name) => name.endsWith('.eml'))
      .toSorted()
      .map((name) => readFile(join(folder, name), 'utf8')),
  )
  return letters.map((letter) => letter.replaceAll('=\n', '').replaceAll('=3D', '='))
}

/** The next letter to somebody, which may still be on its way. */
export async function letterTo(server: TestServer, address: string, count = 1): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const letters = (await lettersOf(server)).filter((letter) => letter.includes(`To: ${address}`))
    if (letters.length >= count) return letters.at(-1) ?? ''
    await sleep(50)
  }
  throw new Error(`no letter to ${address}`)
}

/** The token of a link in a letter. */
export function tokenIn(text: string): string {
  const token = /#(?:reset|invitation|set-up)=([\w-]{43})/.exec(text)?.[1]
  if (token === undefined) throw new Error(`no link in: ${text}`)
  return token
}
