import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import pg from 'pg'

/** Stands between a server and its database as PgBouncer does in transaction mode, without keeping track of prepared statements. */
export interface TransactionPooler {
  /** A connection string that leads through the pooler. */
  through(url: string): string
  /** Names of parameters with which clients began, beside those that every client gives. */
  readonly startupParameters: ReadonlySet<string>
  /** Clients that have begun a session so far. */
  readonly clients: number
  close(): Promise<void>
}

/** What PgBouncer takes from a client at the start; it refuses anything else. */
const TAKEN = new Set(['user', 'database', 'application_name', 'client_encoding'])
const ENCRYPTION_REQUEST = 80877103
const IDLE = 'I'.charCodeAt(0)
const READY = 'Z'.charCodeAt(0)
const TERMINATE = 'X'.charCodeAt(0)

/**
 * @param logins connection strings of the database, one for each login
 * @param sessions how many sessions each login's clients share
 */
export async function startTransactionPooler(logins: readonly string[], sessions: number): Promise<TransactionPooler> {
  const pools = new Map(logins.map((url) => [new URL(url).username, new Sessions(url, sessions)]))
  const seen = new Set<string>()
  const sockets = new Set<Socket>()
  let clients = 0
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)))
    let pool: Sessions | undefined
    let session: Session | undefined
    let waiting: Buffer[] | undefined
    const read = frames((message, introduction) => {
      if (introduction) {
        if (message.readUInt32BE(4) === ENCRYPTION_REQUEST) return void socket.write('N')
        const parameters = new Map(pairs(message.subarray(8).toString().split('\0')))
        for (const name of parameters.keys()) seen.add(name)
        const refused = [...parameters.keys()].find((name) => !TAKEN.has(name))
        if (refused !== undefined) return void socket.end(failure(`unsupported startup parameter: ${refused}`))
        pool = pools.get(parameters.get('user') ?? '')
        clients += 1
        return void socket.write(WELCOME)
      }
      if (message[0] === TERMINATE) return void socket.end()
      if (session !== undefined) return session.send(message)
      if (waiting !== undefined) return void waiting.push(message)
      waiting = [message]
      pool?.take((taken) => {
        session = taken
        const messages = waiting ?? []
        waiting = undefined
        taken.onAnswer = (answer, idle) => {
          socket.write(answer)
          if (idle) {
            session = undefined
            pool?.giveBack(taken)
          }
        }
        for (const each of messages) taken.send(each)
      })
    })
    socket.on('data', read)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    through: (url) => Object.assign(new URL(url), { host: `localhost:${port}` }).toString(),
    startupParameters: seen,
    get clients() {
      return clients
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
      await Promise.all([...pools.values()].map((pool) => pool.close()))
    },
  }
}

/** One session of the database, signed in to by the driver and then used message by message. */
class Session {
  onAnswer: (message: Buffer, idle: boolean) => void = () => undefined
  readonly #client: pg.Client
  readonly #socket: Socket

  constructor(client: pg.Client) {
    this.#client = client
    this.#socket = (client as unknown as { connection: { stream: Socket } }).connection.stream
    this.#socket.removeAllListeners('data')
    const read = frames((message) => this.onAnswer(message, message[0] === READY && message[5] === IDLE), true)
    this.#socket.on('data', read).resume()
  }

  static async open(url: string): Promise<Session> {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => undefined)
    await client.connect()
    return new Session(client)
  }

  send(message: Buffer): void {
    this.#socket.write(message)
  }

  async close(): Promise<void> {
    this.#socket.destroy()
    await this.#client.end().catch(() => undefined)
  }
}

/** The sessions of one login; who comes when all are taken waits for a turn. */
class Sessions {
  readonly #url: string
  readonly #idle: Session[] = []
  readonly #all: Promise<Session>[] = []
  readonly #queue: ((session: Session) => void)[] = []
  readonly #most: number

  constructor(url: string, most: number) {
    this.#url = url
    this.#most = most
  }

  take(use: (session: Session) => void): void {
    const idle = this.#idle.pop()
    if (idle !== undefined) return use(idle)
    this.#queue.push(use)
    if (this.#all.length >= this.#most) return
    const opened = Session.open(this.#url)
    this.#all.push(opened)
    void opened.then((session) => this.giveBack(session))
  }

  giveBack(session: Session): void {
    const next = this.#queue.shift()
    if (next === undefined) this.#idle.push(session)
    else next(session)
  }

  async close(): Promise<void> {
    for (const session of this.#all) await (await session).close()
  }
}

/** Cuts a stream into messages; those of an introduction have no type before their length (PostgreSQL manual, "Message Formats"). */
function frames(onMessage: (message: Buffer, introduction: boolean) => void, begun = false): (chunk: Buffer) => void {
  let introduced = begun
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const header = introduced ? 1 : 0
      if (rest.length < header + 4) return
      const length = header + rest.readUInt32BE(header)
      if (rest.length < length) return
      const message = rest.subarray(0, length)
      rest = rest.subarray(length)
      const introduction = !introduced
      if (introduction) introduced = message.readUInt32BE(4) !== ENCRYPTION_REQUEST
      onMessage(message, introduction)
    }
  }
}

function pairs(texts: readonly string[]): [string, string][] {
  const found: [string, string][] = []
  for (let i = 0; texts[i] !== undefined && texts[i] !== ''; i += 2) found.push([texts[i] ?? '', texts[i + 1] ?? ''])
  return found
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const failure = (text: string): Buffer => message('E', Buffer.from(`SFATAL\0C08P01\0M${text}\0\0`))
/** Signed in, and ready. */
const WELCOME = Buffer.concat([message('R', Buffer.alloc(4)), message('K', Buffer.alloc(8)), message('Z', Buffer.from('I'))])
