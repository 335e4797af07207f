import { mkdirSync } from 'node:fs'

/**
 * Makes the clinic's data folder when it is missing; nobody else can look into it. Made by root, others may pass through to what they
 * own there: PostgreSQL does not run as root, so its files belong to another account.
 */
export function makeDataFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
}
