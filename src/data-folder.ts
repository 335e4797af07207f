import { mkdirSync } from 'node:fs'
import { link, unlink } from 'node:fs/promises'

/**
 * Makes the clinic's data folder when it is missing; nobody else can look into it. Made by root, others may pass through to what they
 * own there: PostgreSQL does not run as root, so its files belong to another account.
 */
export function makeDataFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
}

/**
 * Gives a finished file its name, on which nobody ever sees half a file. A file of that name that is there already stays, and the new one is
 * dropped: of two that mean the same, there is one.
 */
export async function putOnce(temporary: string, name: string): Promise<void> {
  await link(temporary, name).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await unlink(temporary)
}
