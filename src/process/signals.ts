import type { Logger } from 'pino'

/** What ends with the process. */
export interface ProcessLife {
  /** Stops everything in order; must be safe to call once while requests are running. */
  close: () => Promise<void>
  logger: Logger
  /** The process, for tests. */
  process?: Pick<NodeJS.Process, 'on' | 'off' | 'exit'>
  /** After this the process ends even if {@link close} has not; by default a little more than any grace period. */
  deadlineMs?: number
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const DEADLINE_MS = 30_000

/**
 * Ends the process in order: once on a signal (exit 0), and once on an error that nobody caught (exit 1; SECURITY R8), for after such an
 * error nobody knows what state the process is in. A second signal ends it at once.
 * @returns removes the handlers again
 */
export function installSignalHandlers(life: ProcessLife): () => void {
  const { logger, process: host = process, deadlineMs = DEADLINE_MS } = life
  let ending = false

  const end = async (exitCode: number): Promise<void> => {
    ending = true
    const deadline = setTimeout(() => {
      logger.error({ deadlineMs }, 'stopping took too long')
      host.exit(1)
    }, deadlineMs)
    deadline.unref()
    try {
      await life.close()
      logger.info('stopped')
      host.exit(exitCode)
    } catch (error) {
      logger.error({ err: error }, 'stopping failed')
      host.exit(1)
    } finally {
      clearTimeout(deadline)
    }
  }
  const onSignal = (signal: string): void => {
    if (ending) {
      logger.warn({ signal }, 'second signal, stopping at once')
      host.exit(1)
      return
    }
    logger.info({ signal }, 'stopping')
    void end(0)
  }
  const onError = (error: unknown): void => {
    logger.fatal({ err: error }, 'uncaught error')
    if (!ending) void end(1)
  }

  for (const signal of SIGNALS) host.on(signal, onSignal)
  host.on('uncaughtException', onError)
  host.on('unhandledRejection', onError)
  return () => {
    for (const signal of SIGNALS) host.off(signal, onSignal)
    host.off('uncaughtException', onError)
    host.off('unhandledRejection', onError)
  }
}
