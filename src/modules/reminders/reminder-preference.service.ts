import { ref } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { ForbiddenError, UnauthenticatedError } from '../../graphql/errors.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { User } from '../identity/user.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { ReminderChannel } from './reminder-channel.js'
import type { SetReminderPreferencesInput } from './reminder.inputs.js'
import { ReminderPreference } from './reminder-preference.entity.js'

/** How patients want to be reminded. */
export class ReminderPreferenceService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach

  constructor(work: UnitOfWork, reach: RowReach) {
    this.#work = work
    this.#reach = reach
  }

  /** Sets all channels of a patient at once: by the desk, or by whoever acts for the patient (RULES P6). */
  async set(context: WriteContext, input: SetReminderPreferencesInput): Promise<void> {
    const { actor } = context
    const { identity } = actor
    if (!identity) throw new UnauthenticatedError()
    const patientId = input.patientId.toLowerCase()
    await this.#work.run(context, async ({ em, audit }) => {
      await this.#reach.require(em, actor, Patient, patientId)
      if (!actor.can('patients.write') && !actor.actsForPatient(patientId))
        throw new ForbiddenError('You may read this chart and change nothing in it.')
      const sections: ReminderChannel[] = []
      for (const channel of Object.values(ReminderChannel)) {
        const wanted = input.channels.includes(channel)
        const latest = await em.findOne(ReminderPreference, { patient: patientId, channel }, { orderBy: { id: 'desc' } })
        if ((latest?.wanted ?? true) === wanted) continue
        const preference = new ReminderPreference()
        preference.patient = ref(em.getReference(Patient, patientId))
        preference.channel = channel
        preference.wanted = wanted
        preference.setBy = ref(em.getReference(User, identity.userId))
        em.persist(preference)
        sections.push(channel)
      }
      if (sections.length > 0)
        audit({
          action: AuditAction.UPDATE,
          entity: 'Patient',
          entityId: patientId,
          patientIds: [patientId],
          sections: ['reminderPreferences'],
        })
    })
  }
}
