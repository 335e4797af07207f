import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/**
 * Asks at a terminal for something that must not be shown.
 * @returns `null` when there is no terminal to ask at
 */
export async function askSecret(question: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null
  process.stderr.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const line = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return await line.question('')
  } finally {
    line.close()
    process.stderr.write('\n')
  }
}
