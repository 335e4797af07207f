import { ref } from '@mikro-orm/postgresql'
import type { Transaction } from '../../../database/unit-of-work.js'
import type { Appointment } from '../appointment.entity.js'
import { FreedTime } from '../freed-time.entity.js'

/** Notes that an appointment has given up its time, when that is still to come, for whoever waits for one (RULES A10). */
export function noteFreed({ em, emit }: Transaction, appointment: Appointment, at: Date): void {
  const { doctor, location, room, startsAt, endsAt } = appointment
  if (startsAt <= at) return
  const freed = new FreedTime()
  Object.assign(freed, { appointment: ref(appointment), doctor, location, room: room ?? null, startsAt, endsAt })
  em.persist(freed)
  emit({ kind: 'waitlist', id: freed.id })
}
