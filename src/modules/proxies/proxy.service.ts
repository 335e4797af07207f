import { LockMode, ref } from '@mikro-orm/postgresql'
import { Role } from '../../access/roles.js'
import { AuditAction } from '../../audit/event.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ClinicError, ForbiddenError, UnauthenticatedError } from '../../graphql/errors.js'
import { InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { normalizeUsername } from '../identity/sign-in.service.js'
import { User } from '../identity/user.entity.js'
import { Patient } from '../patients/patient.entity.js'
import { PatientProxy } from './patient-proxy.entity.js'
import type { GrantProxyInput } from './proxy.inputs.js'

/** Lets somebody act for a patient in the portal, and takes it back (RULES P6). */
export class ProxyService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #forget: (userId: string) => void

  /** @param forget makes this process read an account anew; the others do so within a second */
  constructor(work: UnitOfWork, reach: RowReach, forget: (userId: string) => void) {
    this.#work = work
    this.#reach = reach
    this.#forget = forget
  }

  /** Returns the id of the new proxy. */
  async grant(context: WriteContext, input: GrantProxyInput): Promise<string> {
    const now = new Date()
    const validFrom = input.validFrom ?? now
    const checks = new InputChecks()
    const relationship = checks.optionalText('relationship', input.relationship, { most: 100 }) ?? null
    checks.require(input.validTo > validFrom, 'validTo', 'must be after the beginning')
    checks.require(input.validTo > now, 'validTo', 'must be in the future')
    checks.done()
    const { id, holderId } = await this.#work.run(context, async ({ em, audit }) => {
      await this.#reach.require(em, context.actor, Patient, input.patientId)
      // Two proxies of one patient at once wait for each other here, so that the check for an equal one holds.
      const patient = await em.findOneOrFail(Patient, { id: input.patientId }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      const holder = await em.findOne(User, {
        username: normalizeUsername(input.holderUsername),
        active: true,
        roles: { $contains: [Role.PATIENT] },
      })
      if (!holder) throw new BadUserInputError([{ field: 'input.holderUsername', message: 'is not an account of the portal' }])
      if (holder.patient?.id === patient.id)
        throw new BadUserInputError([{ field: 'input.holderUsername', message: 'is the patient themself' }])
      if (holder.id === context.actor.identity?.userId) throw new ForbiddenError('Nobody makes themselves a proxy.')
      const overlapping = { patient, holder, revokedAt: null, validFrom: { $lt: input.validTo }, validTo: { $gt: validFrom } }
      if ((await em.count(PatientProxy, overlapping)) > 0)
        throw new ClinicError('CONFLICT', 'They are a proxy of this patient for that time already: revoke that first.')
      const proxy = new PatientProxy()
      em.assign(
        proxy,
        { patient, holder, relationship, scope: input.scope, validFrom, validTo: input.validTo, grantedBy: actorId(context) },
        { em },
      )
      em.persist(proxy)
      audit({
        action: AuditAction.RIGHTS_CHANGED,
        entity: 'PatientProxy',
        entityId: proxy.id,
        patientIds: [patient.id],
        subjectUserId: holder.id,
        facts: { scope: proxy.scope, validFrom: validFrom.toISOString(), validTo: input.validTo.toISOString() },
      })
      return { id: proxy.id, holderId: holder.id }
    })
    this.#forget(holderId)
    return id
  }

  /** Ends a proxy before its time. Done twice it changes nothing more. */
  async revoke(context: WriteContext, id: string): Promise<void> {
    const holderId = await this.#work.run(context, async ({ em, audit }) => {
      await this.#reach.require(em, context.actor, PatientProxy, id)
      const proxy = await em.findOneOrFail(PatientProxy, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      if (proxy.revokedAt == null) {
        proxy.revokedAt = new Date()
        proxy.revokedBy = ref(em.getReference(User, actorId(context)))
        const patientIds = [proxy.patient.id]
        audit({
          action: AuditAction.RIGHTS_CHANGED,
          entity: 'PatientProxy',
          entityId: id,
          patientIds,
          subjectUserId: proxy.holder.id,
          facts: { revoked: true },
        })
      }
      return proxy.holder.id
    })
    this.#forget(holderId)
  }
}

function actorId({ actor }: WriteContext): string {
  if (!actor.identity) throw new UnauthenticatedError()
  return actor.identity.userId
}
