import type { Cluster } from './cluster.js'
import type { Credentials } from './home.js'
import { EmbeddedServer } from './server.js'

/** Told that PostgreSQL ended by itself (killed, out of memory), and whether it is running again. */
export type CrashListener = (event: { readonly restarted: boolean }) => void

/** More deaths than this within the window, and starting again would help nobody. */
const RESTARTS = { most: 5, withinMs: 60_000 } as const

/** A running server that is brought back when it dies. */
export interface SupervisedServer {
  readonly credentials: Credentials
  stop(): Promise<void>
}

/**
 * Starts the server and, when it ends by itself, starts it again on the same port, so that connection pools find it where it was.
 * What was acknowledged is still there: PostgreSQL recovers from its log.
 */
export async function supervise(cluster: Cluster, remembered: Credentials, onCrash?: CrashListener): Promise<SupervisedServer> {
  let stopping = false
  let restarting: Promise<void> = Promise.resolve()
  let deaths: number[] = []

  const onExit = (): void => {
    restarting = restarting.then(revive)
  }
  const revive = async (): Promise<void> => {
    if (stopping) return
    const now = performance.now()
    deaths = [...deaths.filter((at) => now - at < RESTARTS.withinMs), now]
    const restarted = deaths.length <= RESTARTS.most && (await restart())
    onCrash?.({ restarted })
  }
  const restart = async (): Promise<boolean> => {
    try {
      const next = await EmbeddedServer.start(cluster, credentials, onExit)
      server = next
      return next.credentials.port === credentials.port
    } catch {
      return false
    }
  }

  let server = await EmbeddedServer.start(cluster, remembered, onExit)
  const { credentials } = server
  return {
    credentials,
    stop: async () => {
      stopping = true
      await restarting
      await server.stop()
    },
  }
}
