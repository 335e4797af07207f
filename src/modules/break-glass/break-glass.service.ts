import { LockMode, ref, type EntityManager } from '@mikro-orm/postgresql'
import { Role } from '../../access/roles.js'
import { AuditAction } from '../../audit/event.js'
import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import { ClinicError, ForbiddenError, NotFoundError, UnauthenticatedError } from '../../graphql/errors.js'
import { InputChecks } from '../../graphql/input-checks.js'
import { isUuid } from '../../graphql/loaders/page.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { User } from '../identity/user.entity.js'
import { NoticeKind } from '../notices/notice.entity.js'
import type { NoticeService } from '../notices/notice.service.js'
import { Patient } from '../patients/patient.entity.js'
import { BreakGlass, BreakGlassVerdict, MOST_HOURS } from './break-glass.entity.js'
import type { BreakGlassInput } from './break-glass.inputs.js'

const LEAST_REASON = 10
const MOST_TEXT = 2000
const HOUR_MS = 3_600_000

/** Opens a chart outside of one's scope in an emergency, loudly, and has it reviewed (RULES S3, SECURITY A8). */
export class BreakGlassService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #notices: NoticeService

  constructor(work: UnitOfWork, reach: RowReach, notices: NoticeService) {
    this.#work = work
    this.#reach = reach
    this.#notices = notices
  }

  /**
   * Widens the actor's scope to one patient for some hours, tells the owners and leaves an event: all of it, or nothing. Row scope is
   * not asked, since reaching beyond it is what this is for; it is refused to nobody who may use it, so that nobody stands before a
   * patient and cannot read.
   *
   * @returns the id of the opening
   */
  async open(context: WriteContext, input: BreakGlassInput): Promise<string> {
    const checks = new InputChecks()
    checks.require((input.patientId == null) !== (input.mrn == null), 'patientId', 'name the patient by patientId or by mrn')
    const reason = checks.text('reason', input.reason, { least: LEAST_REASON, most: MOST_TEXT })
    checks.require(input.hours >= 1 && input.hours <= MOST_HOURS, 'hours', `must be between 1 and ${MOST_HOURS}`)
    checks.done()
    const { id, addresses } = await this.#work.run(context, async (transaction) => {
      const { em, audit } = transaction
      const patient = await patientOf(em, input)
      const startsAt = new Date()
      const endsAt = new Date(startsAt.getTime() + input.hours * HOUR_MS)
      const opening = new BreakGlass()
      em.assign(opening, { patient, user: actorId(context), reason, startsAt, endsAt }, { em })
      em.persist(opening)
      const reviewers = await reviewersBut(em, actorId(context))
      this.#notices.tell(transaction, reviewers, NoticeKind.BREAK_GLASS, opening)
      const facts = { hours: input.hours, until: endsAt.toISOString() }
      audit({ action: AuditAction.BREAK_GLASS, patientIds: [patient.id], entity: 'BreakGlass', entityId: opening.id, facts })
      return { id: opening.id, addresses: reviewers.flatMap(({ staff }) => staff?.getEntity().email ?? []) }
    })
    this.#notices.post(NoticeKind.BREAK_GLASS, addresses)
    return id
  }

  /**
   * Says whether there was a need; without one the opening ends at once.
   * @throws ForbiddenError for one's own
   */
  async review(context: WriteContext, id: string, verdict: BreakGlassVerdict, note: string | null | undefined): Promise<void> {
    const checks = new InputChecks()
    const reviewNote = checks.optionalText('note', note, { most: MOST_TEXT }) ?? null
    checks.done()
    await this.#work.run(context, async ({ em, audit }) => {
      await this.#reach.require(em, context.actor, BreakGlass, id)
      const opening = await em.findOneOrFail(BreakGlass, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      if (opening.user.id === actorId(context)) throw new ForbiddenError('Nobody reviews what they opened themselves.')
      if (opening.verdict != null) throw new ClinicError('CONFLICT', 'It was reviewed already.')
      const now = new Date()
      Object.assign(opening, { verdict, reviewNote, reviewedAt: now, reviewedBy: ref(em.getReference(User, actorId(context))) })
      if (verdict === BreakGlassVerdict.NOT_JUSTIFIED && opening.endsAt > now) opening.endsAt = now
      const concerned = { patientIds: [opening.patient.id], subjectUserId: opening.user.id }
      audit({ action: AuditAction.BREAK_GLASS_REVIEWED, entity: 'BreakGlass', entityId: id, ...concerned, facts: { verdict } })
    })
  }
}

async function patientOf(em: EntityManager, { patientId, mrn }: BreakGlassInput): Promise<Patient> {
  if (patientId != null && !isUuid(patientId)) throw new NotFoundError()
  const patient = await em.findOne(Patient, patientId == null ? { mrn: mrn ?? '' } : { id: patientId })
  if (!patient) throw new NotFoundError()
  return patient
}

/** The owners; where the only one is who opened the chart, the administrators. */
async function reviewersBut(em: EntityManager, userId: string) {
  const holders = (role: Role) =>
    em.find(User, { active: true, roles: { $contains: [role] }, id: { $ne: userId } }, { populate: ['staff'] })
  const owners = await holders(Role.OWNER)
  return owners.length > 0 ? owners : holders(Role.ADMIN)
}

function actorId({ actor }: WriteContext): string {
  if (!actor.identity) throw new UnauthenticatedError()
  return actor.identity.userId
}
