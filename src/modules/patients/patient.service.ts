import { ref, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { Clock } from '../../clock.js'
import { once } from '../../database/idempotency.js'
import { requireVersion, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { ClinicError } from '../../graphql/errors.js'
import { assignGiven, InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { User } from '../identity/user.entity.js'
import type { DuplicateFinder, Candidate } from './duplicate-finder.js'
import { issueMrn } from './issue-mrn.js'
import { actorId, openPatient } from './open-patient.js'
import type { CreatePatientInput, RecordPatientDeathInput, UpdatePatientInput } from './patient-admin.inputs.js'
import { demographicsOf, latestDay } from './patient-data.js'
import { PatientDistinction } from './patient-distinction.entity.js'
import { Patient } from './patient.entity.js'

/** Registering patients and keeping their demographics. */
export class PatientService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #duplicates: DuplicateFinder
  readonly #clock: Clock

  constructor(work: UnitOfWork, reach: RowReach, duplicates: DuplicateFinder, clock: Clock) {
    this.#work = work
    this.#reach = reach
    this.#duplicates = duplicates
    this.#clock = clock
  }

  /**
   * Registers a patient under a new record number (RULES P1), unless the clinic is likely to have them already: then it gives the
   * candidates, until the input confirms that it is none of them (RULES P3).
   *
   * @returns the id, or the candidates
   * @throws ClinicError `CONFLICT` when the idempotency key was used for another input
   */
  async create(context: WriteContext, input: CreatePatientInput): Promise<string | readonly Candidate[]> {
    const checks = new InputChecks()
    const { firstName = '', lastName = '', birthDate = '', ...rest } = demographicsOf(checks, input, this.#clock())
    checks.done()
    return this.#work.run(context, ({ em, audit }) =>
      once<readonly Candidate[]>(em, context, 'createPatient', input, async () => {
        // Two desks that register one person at once: the second waits, and then sees the first.
        await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`register ${birthDate}`])
        const person = { firstName, lastName, birthDate, sex: input.sex, ...rest }
        const candidates = await this.#duplicates.find(em, context.actor, person)
        const confirmed = new Set(input.confirmNotDuplicateOf?.map((id) => id.toLowerCase()))
        if (candidates.some(({ patientId }) => !confirmed.has(patientId))) return candidates
        const patient = new Patient()
        assignGiven(patient, { ...person, mrn: await issueMrn(em), registeredBy: ref(em.getReference(User, actorId(context))) })
        em.persist(patient)
        for (const { patientId } of candidates) tellApart(em, context, patient.id, patientId)
        audit({
          action: AuditAction.CREATE,
          entity: 'Patient',
          entityId: patient.id,
          patientIds: [patient.id, ...candidates.map(({ patientId }) => patientId)],
          ...(candidates.length > 0 && { facts: { confirmedNotDuplicateOf: candidates.length } }),
        })
        await em.flush()
        await this.#reach.require(em, context.actor, Patient, patient.id)
        return patient.id
      }),
    )
  }

  /** Changes demographics. */
  async update(context: WriteContext, input: UpdatePatientInput): Promise<void> {
    const checks = new InputChecks()
    const given = demographicsOf(checks, input, this.#clock())
    checks.require(input.sex !== null, 'sex', 'must not be empty')
    checks.done()
    await this.#work.run(context, async ({ em, audit }) => {
      const patient = await openPatient(em, this.#reach, context, input.id)
      requireVersion(patient, input.version)
      const { birthDate } = given
      if (birthDate !== undefined && patient.deceasedAt != null && birthDate > latestDay(patient.deceasedAt))
        throw new ClinicError('CONFLICT', 'They would have died before they were born: correct the death first.')
      const sections = assignGiven(patient, { ...given, sex: input.sex ?? undefined })
      audit({ action: AuditAction.UPDATE, entity: 'Patient', entityId: patient.id, patientIds: [patient.id], sections })
      await em.flush()
      await this.#reach.require(em, context.actor, Patient, patient.id)
    })
  }

  /** Notes that a patient has died. Bookings stay: somebody has to talk to the relatives before they are called off. */
  async recordDeath(context: WriteContext, input: RecordPatientDeathInput): Promise<void> {
    const { deceasedAt } = input
    const checks = new InputChecks()
    checks.require(deceasedAt <= this.#clock(), 'deceasedAt', 'must not be in the future')
    checks.done()
    await this.#setDeath(context, input.patientId, input.version, deceasedAt)
  }

  /** Takes a death back that was noted by mistake. */
  async undoDeath(context: WriteContext, patientId: string, version: number): Promise<void> {
    await this.#setDeath(context, patientId, version, null)
  }

  async #setDeath(context: WriteContext, patientId: string, version: number, deceasedAt: Date | null): Promise<void> {
    await this.#work.run(context, async ({ em, audit }) => {
      const patient = await openPatient(em, this.#reach, context, patientId)
      requireVersion(patient, version)
      if ((patient.deceasedAt == null) === (deceasedAt === null))
        throw new ClinicError('INVALID_TRANSITION', deceasedAt === null ? 'No death was noted.' : 'A death was noted already.')
      const checks = new InputChecks()
      checks.require(deceasedAt === null || latestDay(deceasedAt) >= patient.birthDate, 'deceasedAt', 'is before the birth')
      checks.done()
      patient.deceasedAt = deceasedAt
      audit({
        action: AuditAction.UPDATE,
        entity: 'Patient',
        entityId: patient.id,
        patientIds: [patient.id],
        sections: ['deceasedAt'],
        ...(deceasedAt === null && { facts: { undo: true } }),
      })
    })
  }
}

/** Remembers that two records are of two people. */
export function tellApart(em: EntityManager, context: WriteContext, one: string, other: string): void {
  const [patient, second] = one < other ? [one, other] : [other, one]
  const distinction = new PatientDistinction()
  em.assign(distinction, { patient, other: second, by: actorId(context) } as never, { em })
  em.persist(distinction)
}
