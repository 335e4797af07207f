import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'

import { startMini, until, type Mini } from './clinic-in-miniature.js'

/** One request over a kept connection; gives the id of an answered one and the answer's `Connection` header. */
function ask(server: Mini, agent: Agent, id: string): Promise<string | undefined> {
  const headers = { 'content-type': 'application/json', 'x-request-id': id }
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}/graphql`, { agent, method: 'POST', headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}`))
      response.resume().on('end', () => resolve(response.headers.connection))
    })
    call.on('error', reject).end(JSON.stringify({ query: '{ slow(ms: 15) }' }))
  })
}

describe('stopping (SECURITY R1)', () => {
  it('answers every request that 32 clients with kept connections have started, and then ends', async () => {
    const server = await startMini()
    const agent = new Agent({ keepAlive: true, maxSockets: 32 })
    const answered = new Map<string, string | undefined>()
    const client = async (name: number): Promise<void> => {
      for (let turn = 0; ; turn++) {
        const id = `client-${name}-${turn}`
        try {
          answered.set(id, await ask(server, agent, id))
        } catch {
          return
        }
      }
    }
    const clients = Promise.all(Array.from({ length: 32 }, (_, name) => client(name)))
    await until(() => answered.size > 200)
    await server.close()
    await clients
    agent.destroy()
    const lost = server.started.filter((id) => id.startsWith('client-') && !answered.has(id))
    expect(lost).toEqual([])
    expect([...answered.values()].at(-1)).toBe('close')
  })

  it('waits for a request in flight and says not ready meanwhile', async () => {
    const server = await startMini()
    const inFlight = server.post({ query: '{ slow(ms: 300) }' }, { 'x-request-id': 'in-flight' })
    await until(() => server.started.includes('in-flight'))
    const closed = server.close()
    const ready = await server.get('/health/ready')
    expect(ready.status).toBe(503)
    expect(ready.json).toMatchObject({ checks: { accepting: false } })
    expect(ready.headers.get('connection')).toBe('close')
    expect((await inFlight).json.data).toEqual({ slow: 'done' })
    await closed
    await expect(server.get('/health/live')).rejects.toThrow()
  })

  it('cuts off what takes longer than the grace period', async () => {
    const server = await startMini({ SHUTDOWN_GRACE_MS: 100 })
    const inFlight = server.post({ query: '{ slow(ms: 5000) }' }, { 'x-request-id': 'too-slow' }).then(
      () => 'answered',
      () => 'cut off',
    )
    await until(() => server.started.includes('too-slow'))
    await server.close()
    expect(await inFlight).toBe('cut off')
  })

  it('may be asked for twice', async () => {
    const server = await startMini()
    await Promise.all([server.close(), server.close()])
    await expect(server.close()).resolves.toBeUndefined()
  })
})

describe('a client that goes away (SECURITY D12)', () => {
  it('is noticed by what runs for it', async () => {
    const server = await startMini()
    const gone = new AbortController()
    const id = 'client-that-leaves'
    const call = server.get('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': id },
      body: JSON.stringify({ query: '{ slow(ms: 400) }' }),
      signal: gone.signal,
    })
    call.catch(() => undefined)
    await until(() => server.started.includes(id))
    gone.abort()
    await expect(call).rejects.toThrow()
    await until(() => server.aborted.includes(id))
    await until(() => server.log.some((line) => line.includes(id)))
    expect(JSON.parse(server.log.find((line) => line.includes(id)) ?? '')).toMatchObject({ aborted: true })
    await server.close()
  })

  it('is not imagined when the answer has arrived', async () => {
    const server = await startMini()
    await server.post({ query: '{ slow(ms: 1) }' }, { 'x-request-id': 'client-that-stays' })
    await server.close()
    expect(server.aborted).not.toContain('client-that-stays')
  })
})

describe('a port that is taken', () => {
  const occupied = async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    return { other, port: typeof address === 'object' && address !== null ? address.port : 0 }
  }

  it('is passed over outside production, and the server says so', async () => {
    const { other, port } = await occupied()
    const server = await startMini({ PORT: port, NODE_ENV: 'development' })
    expect(Number(new URL(server.url).port)).toBeGreaterThan(port)
    expect(server.log.join('')).toContain(`port ${port} is taken`)
    await server.close()
    other.close()
  })

  it('ends the start in production with a message that says what to do', async () => {
    const { other, port } = await occupied()
    await expect(startMini({ PORT: port, NODE_ENV: 'production' })).rejects.toThrow(
      `Port ${port} is taken by another program. Stop it, or set PORT`,
    )
    other.close()
  })

  it('is told from an address that is not ours', async () => {
    await expect(startMini({ HOST: '192.0.2.1' })).rejects.toThrow('See HOST and PORT')
  })
})
