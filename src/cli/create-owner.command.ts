import { MikroORM, UniqueConstraintViolationException } from '@mikro-orm/postgresql'
import type { Command } from 'commander'
import { STRANGER } from '../access/actor.js'
import { AuditAction } from '../audit/event.js'
import { writeToOutbox } from '../audit/outbox.js'
import { Role } from '../access/roles.js'
import { MIGRATIONS_PATH } from '../database/migrate.js'
import { ormOptions } from '../database/orm-options.js'
import { UnitOfWork } from '../database/unit-of-work.js'
import { BadUserInputError } from '../graphql/errors.js'
import { checkedOwner, writeOwner } from '../modules/identity/owners.js'
import { passwordProblem } from '../modules/identity/password-policy.js'
import { newTemporaryPassword, temporary } from '../modules/identity/password.service.js'
import { askSecret } from '../terminal/secret-prompt.js'
import type { DatabaseContext, WithDatabase } from './context.js'

interface Flags {
  readonly username: string
  readonly name?: string
  readonly generate: boolean
}

/** What the person at the terminal can put right. */
class OwnerRefused extends Error {}

/** `clinic create-owner`: the way in for whoever runs the server, into an empty clinic or when every owner is locked out. */
export function registerCreateOwnerCommand(program: Command, withDatabase: WithDatabase): void {
  program
    .command('create-owner')
    .description(
      'Make an account with the role OWNER. Asks for its password; without a terminal, or with --generate, makes one that must be changed.',
    )
    .requiredOption('--username <name>', 'the name to sign in with')
    .option('--name <name>', 'first and last name (default: the name to sign in with)')
    .option('--generate', 'make a password and print it, once; it must be changed at the first sign-in', false)
    .action(async (flags: Flags) => {
      try {
        await withDatabase((context) => createOwner(flags, context))
      } catch (error) {
        if (!(error instanceof OwnerRefused) && !(error instanceof BadUserInputError)) throw error
        process.stderr.write(`${error.message}\n`)
        process.exitCode = 1
      }
    })
}

async function createOwner({ username, name = username, generate }: Flags, { url, env, hasher }: DatabaseContext): Promise<void> {
  const owner = checkedOwner(username, name, '')
  const asked = generate ? null : await askPassword({ ...owner, clinic: env.CLINIC_NAME })
  const password = asked ?? newTemporaryPassword()
  const passwordHash = await hasher.hash(password)
  const orm = await MikroORM.init(ormOptions(url, MIGRATIONS_PATH))
  try {
    const work = new UnitOfWork(() => orm.em.fork(), writeToOutbox)
    await work.run({ actor: STRANGER, request: { requestId: 'clinic create-owner', remoteAddress: '' } }, async ({ em, audit }) => {
      const now = new Date()
      const userId = await writeOwner(em, owner, asked === null ? temporary(passwordHash, now) : { passwordHash, passwordChangedAt: now })
      audit({ action: AuditAction.CREATE, subjectUserId: userId, entity: 'User', entityId: userId, facts: { roles: [Role.OWNER] } })
    })
  } catch (error) {
    if (error instanceof UniqueConstraintViolationException) throw new OwnerRefused(`The name ${owner.username} is taken.`)
    throw error
  } finally {
    await orm.close()
  }
  process.stdout.write(`The owner ${owner.username} can sign in.\n`)
  if (asked === null) process.stdout.write(`Password, shown this once, to be changed at the first sign-in within three days: ${password}\n`)
}

/** Twice, because it is not shown. `null` without a terminal. */
async function askPassword(owner: { username: string; displayName: string; clinic: string }): Promise<string | null> {
  const password = await askSecret('Password (15 characters or more, not shown): ')
  if (password === null) return null
  const problem = passwordProblem(password, { ...owner, staff: true, secondFactor: false })
  if (problem !== null) throw new OwnerRefused(`The password ${problem}.`)
  if ((await askSecret('Once more: ')) !== password) throw new OwnerRefused('The two are not the same.')
  return password
}
