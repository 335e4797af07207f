import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Ports to try after the one that was asked for. */
const MORE_PORTS = 20

/** The server cannot listen where it was told to; the message says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/**
 * Listens on a port; port 0 lets the system choose.
 * @param tryNext whether to take the next free port when this one is in use
 * @returns the port taken
 * @throws ListenError when there is none
 */
export async function listen(server: Server, host: string, port: number, tryNext: boolean): Promise<number> {
  const last = tryNext && port !== 0 ? Math.min(port + MORE_PORTS, 65_535) : port
  for (let candidate = port; candidate <= last; candidate++) {
    try {
      return await listenOn(server, host, candidate)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EADDRINUSE') continue
      throw new ListenError(`The server cannot listen on ${host}:${candidate} (${code ?? 'unknown reason'}). See HOST and PORT.`, {
        cause: error,
      })
    }
  }
  const ports = last === port ? `Port ${port} is` : `Ports ${port} to ${last} are`
  throw new ListenError(`${ports} taken by another program. Stop it, or set PORT to a free one.`)
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      server.off('error', failed)
      server.off('listening', listening)
    }
    const failed = (error: Error): void => {
      settle()
      reject(error)
    }
    const listening = (): void => {
      settle()
      resolve((server.address() as AddressInfo).port)
    }
    server.once('error', failed).once('listening', listening).listen(port, host)
  })
}

/** Address of the server for a person on this machine. */
export function localUrl(host: string, port: number): string {
  if (['0.0.0.0', '::', ''].includes(host)) return `http://localhost:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
