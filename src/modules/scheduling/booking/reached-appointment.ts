import type { EntityManager } from '@mikro-orm/postgresql'
import { LockMode } from '@mikro-orm/postgresql'
import type { Actor } from '../../../access/actor.js'
import { NotFoundError } from '../../../graphql/errors.js'
import type { RowReach } from '../../../graphql/loaders/reach.js'
import { Appointment } from '../appointment.entity.js'
import { capacityFor, type Capacity } from './capacity.js'

/** An appointment that the actor may change, as it stood before any lock. */
export interface ReachedAppointment {
  readonly id: string
  readonly patientId: string
  readonly doctorId: string
  readonly roomId: string | null
  readonly startsAt: Date
  readonly endsAt: Date
  readonly capacity: Capacity
}

/**
 * The appointment, when the actor reaches it and may change it.
 *
 * @throws NotFoundError when it is missing or outside of the actor's rows
 * @throws ForbiddenError for who may only look at it
 */
export async function reachAppointment(em: EntityManager, reach: RowReach, actor: Actor, id: string): Promise<ReachedAppointment> {
  const [row] = await reach.rows(em, actor, Appointment, [id])
  if (!row) throw new NotFoundError()
  const patientId = row['patient'] as string
  return {
    id: row.id,
    patientId,
    doctorId: row['doctor'] as string,
    roomId: row['room'] as string | null,
    startsAt: new Date(row['startsAt'] as string),
    endsAt: new Date(row['endsAt'] as string),
    capacity: capacityFor(actor, patientId, row),
  }
}

/** The row itself, which nobody else can change until the transaction ends. */
export function lockAppointment(em: EntityManager, id: string): Promise<Appointment> {
  return em.findOneOrFail(Appointment, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
}
