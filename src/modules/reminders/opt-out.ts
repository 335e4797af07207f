import { ref, LockMode } from '@mikro-orm/postgresql'
import { STRANGER } from '../../access/actor.js'
import { AuditAction } from '../../audit/event.js'
import { after, DAY, type Clock } from '../../clock.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { equalSecrets, type IdentityKeys } from '../identity/keys.js'
import { Patient } from '../patients/patient.entity.js'
import type { ReminderChannel } from './reminder-channel.js'
import { ReminderPreference } from './reminder-preference.entity.js'

/** The page that the link of a reminder leads to. */
export const OPT_OUT_PATH = '/reminders/opt-out'

/** For how long a link works: people find old mails, and laws ask for 30 days. */
const LIFETIME_MS = 60 * DAY

const ID_BYTES = 16
const END_BYTES = 4
/** A signature of 32 bytes behind them. */
const WELL_FORMED = /^[\w-]{70}$/

/** What the links stand on. */
export interface OptOutParts {
  readonly keys: Pick<IdentityKeys, 'signatureOfOptOut'>
  readonly work: UnitOfWork
  readonly clock: Clock
  /** The server's address as others reach it, without a slash at its end. */
  readonly base: () => string
}

/**
 * Links in reminders by which whoever gets them says that they want no more (RFC 8058): nobody signs in for that. A link names the reminder,
 * until when it works, and nothing of anybody; the signature is the server's. It is kept nowhere.
 */
export class ReminderOptOuts {
  readonly #parts: OptOutParts

  constructor(parts: OptOutParts) {
    this.#parts = parts
  }

  /** The link of a reminder. */
  linkOf(reminderId: string): string {
    const end = Math.floor(after(this.#parts.clock(), LIFETIME_MS).getTime() / 1000)
    const said = Buffer.alloc(ID_BYTES + END_BYTES)
    said.write(reminderId.replaceAll('-', ''), 'hex')
    said.writeUInt32BE(end, ID_BYTES)
    return `${this.#parts.base()}${OPT_OUT_PATH}/${this.#signed(said)}`
  }

  /** Whether the link is ours and its time is not over. */
  holds(token: string): boolean {
    return this.#reminderOf(token) !== null
  }

  /**
   * Whoever has the link wants no reminders of this kind any more: of the patient whose visit it was about, also when their record has been
   * merged into another one since. Said again it changes nothing more.
   *
   * @returns `false` for a link that is not ours, altered or over its time
   */
  async optOut(token: string, request: WriteContext['request']): Promise<boolean> {
    const reminderId = this.#reminderOf(token)
    if (reminderId === null) return false
    return this.#parts.work.run({ actor: STRANGER, request }, async ({ em, audit }) => {
      const [row] = await em.execute<{ channel: ReminderChannel; patientId: string }[]>(
        `select r.channel, a.patient_id as "patientId" from appointment_reminder r join appointment a on a.id = r.appointment_id where r.id = ?`,
        [reminderId],
      )
      if (!row) return false
      const { channel, patientId } = row
      const patient = await em.findOneOrFail(Patient, { id: patientId }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      const latest = await em.findOne(ReminderPreference, { patient, channel }, { orderBy: { id: 'desc' } })
      if (latest?.wanted === false) return true
      const preference = new ReminderPreference()
      Object.assign(preference, { patient: ref(patient), channel, wanted: false, setBy: null })
      em.persist(preference)
      audit({
        action: AuditAction.UPDATE,
        entity: 'Patient',
        entityId: patientId,
        patientIds: [patientId],
        sections: ['reminderPreferences'],
        facts: { optOut: channel },
      })
      return true
    })
  }

  #signed(said: Buffer): string {
    return Buffer.concat([said, this.#parts.keys.signatureOfOptOut(said)]).toString('base64url')
  }

  #reminderOf(token: string): string | null {
    if (!WELL_FORMED.test(token)) return null
    const said = Buffer.from(token, 'base64url').subarray(0, ID_BYTES + END_BYTES)
    // Compared as text: one link has one spelling.
    if (!equalSecrets(token, this.#signed(said))) return null
    if (said.readUInt32BE(ID_BYTES) * 1000 <= this.#parts.clock().getTime()) return null
    const hex = said.toString('hex', 0, ID_BYTES)
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  }
}
