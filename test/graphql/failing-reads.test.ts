import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Role } from '../../src/access/roles.js'
import { ReadDatabase, type Row, type Statement } from '../../src/database/read-database.js'
import type { User } from '../../src/modules/identity/user.entity.js'
import { codesOf, TestServer } from '../support/server.js'

/** As the driver raises it. */
const failure = (code: string): Error => Object.assign(new Error(`failed with ${code}`), { code })
const CONNECTION_LOST = '08006'

describe('reads that fail', () => {
  let server: TestServer
  let accounts: Record<Role, User>
  const unhandled: unknown[] = []
  const onUnhandled = (error: unknown): void => void unhandled.push(error)

  beforeAll(async () => {
    process.on('unhandledRejection', onUnhandled)
    server = await TestServer.start()
    accounts = await server.accounts()
  })
  afterEach(() => void vi.restoreAllMocks())
  afterAll(async () => {
    process.off('unhandledRejection', onUnhandled)
    await server.stop()
  })

  /** Has every statement fail that looks up anything but the account. Gives those that were sent. */
  const failing = (code: string, after: (statement: Statement) => number = () => 0): Statement[] => {
    const sent: Statement[] = []
    const { run } = ReadDatabase.prototype as unknown as {
      run: (this: ReadDatabase, ...of: Parameters<ReadDatabase['run']>) => Promise<Row[]>
    }
    vi.spyOn(ReadDatabase.prototype, 'run').mockImplementation(async function (this: ReadDatabase, statement, values) {
      if (statement.name.startsWith('account_')) return run.call(this, statement, values)
      sent.push(statement)
      await sleep(after(statement))
      throw failure(code)
    })
    return sent
  }

  it('of a page leave no rejection behind that nobody waits for, whichever comes first: SECURITY R8', async () => {
    const ask = server.as(accounts[Role.OWNER])
    const isCount = ({ text }: Statement): boolean => text.startsWith('select count(')
    for (const after of [isCount, (statement: Statement) => !isCount(statement)]) {
      failing(CONNECTION_LOST, (statement) => (after(statement) ? 20 : 0))
      const answer = await ask('{ patients(first: 1) { totalCount edges { node { id } } } }')
      expect(codesOf(answer)).toContain('UNAVAILABLE')
      await sleep(60)
      vi.restoreAllMocks()
    }
    expect(unhandled).toEqual([])
  })

  it.each([
    ['of a row', '{ patient(id: "019a9c5e-0000-7000-8000-000000000001") { id allergies { substance } } }', 1],
    ['of the own account', '{ me { displayName } }', 1],
    ['of a page and its count', '{ patients(first: 1) { totalCount edges { node { id } } } }', 2],
  ])('%s are not sent a second time to say that they failed: SECURITY R2', async (_what, query, statements) => {
    const ask = server.as(accounts[Role.OWNER])
    await ask('{ __typename }')
    for (const code of [CONNECTION_LOST, '57014']) {
      const sent = failing(code)
      // A document of its own: what was read of the account is believed for a moment.
      const named = `query After${code} ${query}`
      expect(codesOf(await ask(named))).toContain('UNAVAILABLE')
      expect(sent).toHaveLength(statements)
      vi.restoreAllMocks()
      expect(codesOf(await ask(named))).not.toContain('UNAVAILABLE')
    }
  })
})
