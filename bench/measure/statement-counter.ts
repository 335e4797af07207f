import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'

/** Stands between a server and its database and counts what is sent. Disposing of it ends all connections. */
export interface StatementCounter extends AsyncDisposable {
  /** The database, through the counter. */
  readonly url: string
  /** Statements sent so far. */
  readonly statements: number
}

/** First message of a client that asks for encryption before it introduces itself (PostgreSQL manual, "Message Formats"). */
const ENCRYPTION_REQUESTS = new Set([80877103, 80877104])
const EXECUTE = 'E'.charCodeAt(0)
const SIMPLE_QUERY = 'Q'.charCodeAt(0)

/** Starts a counter in front of a database. Used while answers are compared, never while time is measured. */
export async function countStatements(databaseUrl: string): Promise<StatementCounter> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let statements = 0

  const server = createServer((client) => {
    const database = connect({ host: target.hostname, port: Number(target.port || 5432) })
    const messages = new ClientMessages((type) => {
      if (type === EXECUTE || type === SIMPLE_QUERY) statements += 1
    })
    client.on('data', (chunk: Buffer) => messages.read(chunk))
    client.pipe(database).pipe(client)
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        database.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    get statements() {
      return statements
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Finds the messages in what a client sends: a type and a length, but for the first ones, which have a length only. */
class ClientMessages {
  readonly #onMessage: (type: number) => void
  #rest: Buffer = Buffer.alloc(0)
  #introduced = false

  constructor(onMessage: (type: number) => void) {
    this.#onMessage = onMessage
  }

  read(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (;;) {
      const header = this.#introduced ? 1 : 0
      if (data.length < header + 4) break
      const length = header + data.readUInt32BE(header)
      if (data.length < length) break
      if (this.#introduced) this.#onMessage(data.readUInt8(0))
      else this.#introduced = !ENCRYPTION_REQUESTS.has(data.readUInt32BE(4))
      data = data.subarray(length)
    }
    this.#rest = data
  }
}
