import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * What is known of the request being answered: its id, and what becomes known on the way (who, which operation).
 * Log lines and masked errors read it from here, so that no function has to pass it on.
 */
export interface RequestScope {
  /** Names the request in answers, errors and logs. */
  readonly requestId: string
  /** The client's name of the operation, once the document is read. */
  operationName?: string | undefined
  /** The account that asks, once known. */
  userId?: string | undefined
}

const storage = new AsyncLocalStorage<RequestScope>()

/** Runs a function, and everything it starts, within a request. */
export function runInRequest<T>(scope: RequestScope, run: () => T): T {
  return storage.run(scope, run)
}

/** The request being answered, or nothing outside of one. */
export function currentRequest(): RequestScope | undefined {
  return storage.getStore()
}
