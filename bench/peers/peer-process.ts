import type { Server } from 'node:http'

/** What every peer is told by the comparison that starts it. */
export interface PeerSettings {
  readonly databaseUrl: string
  readonly port: number
  readonly poolMax: number
}

/** Reads the settings of a peer from its environment. */
export function settings(): PeerSettings {
  const { DATABASE_URL, PORT, POOL_MAX } = process.env
  if (DATABASE_URL === undefined || PORT === undefined || POOL_MAX === undefined)
    throw new Error('A peer is started by the comparison, not by hand.')
  return { databaseUrl: DATABASE_URL, port: Number(PORT), poolMax: Number(POOL_MAX) }
}

/** Listens on the loopback, and ends with the process that started it, however that one ends. */
export async function serveUntilStopped(server: Server): Promise<void> {
  process.once('disconnect', () => process.exit(0))
  process.once('SIGTERM', () => process.exit(0))
  await new Promise<void>((listening) => server.listen(settings().port, '127.0.0.1', listening))
  process.send?.('listening')
}
