import { ref, UniqueConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { Clock } from '../../clock.js'
import { requireVersion, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { BadUserInputError, ClinicError } from '../../graphql/errors.js'
import { assignGiven, InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { User } from '../identity/user.entity.js'
import { actorId, openPatient } from './open-patient.js'
import { CLINIC_TODAY, PatientConsent } from './patient-consent.entity.js'
import { PatientContact } from './patient-contact.entity.js'
import { latestDay, reachableAt } from './patient-data.js'
import { PatientIdentifier } from './patient-identifier.entity.js'
import type {
  AddPatientContactInput,
  AddPatientIdentifierInput,
  RecordConsentInput,
  UpdatePatientContactInput,
} from './patient-parts.inputs.js'
import type { Patient } from './patient.entity.js'

const NAME = { most: 200 }
const NUMBER = { most: 100 }

/** What belongs to a patient's demographics: numbers of others, contacts and guardians, consents (RULES P1, P6, P7). */
export class PatientPartsService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #clock: Clock

  constructor(work: UnitOfWork, reach: RowReach, clock: Clock) {
    this.#work = work
    this.#reach = reach
    this.#clock = clock
  }

  /**
   * Adds a number; returns its id.
   * @throws ClinicError `CONFLICT` when the issuer has given this number to somebody already: it never names two people
   */
  async addIdentifier(context: WriteContext, input: AddPatientIdentifierInput): Promise<string> {
    const checks = new InputChecks()
    const system = checks.text('system', input.system, NAME)
    const value = checks.text('value', input.value, NUMBER)
    checks.done()
    return this.#work.run(context, async ({ em, audit }) => {
      const patient = await openPatient(em, this.#reach, context, input.patientId)
      const identifier = new PatientIdentifier()
      assignGiven(identifier, { patient: ref(patient), type: input.type, system, value })
      em.persist(identifier)
      audit({
        action: AuditAction.CREATE,
        entity: 'PatientIdentifier',
        entityId: identifier.id,
        patientIds: [patient.id],
        facts: { type: input.type },
      })
      try {
        await em.flush()
      } catch (error) {
        if (error instanceof UniqueConstraintViolationException)
          throw new ClinicError('CONFLICT', 'This number is in the clinic already. If it is the same person, the records can be merged.')
        throw error
      }
      return identifier.id
    })
  }

  /** Removes a number that was entered by mistake; returns the patient's id. */
  async removeIdentifier(context: WriteContext, id: string): Promise<string> {
    return this.#work.run(context, async ({ em, audit }) => {
      const { row, patient } = await this.#open(em, context, PatientIdentifier, id)
      em.remove(row)
      const facts = { removed: true, type: row.type }
      audit({ action: AuditAction.UPDATE, entity: 'PatientIdentifier', entityId: row.id, patientIds: [patient.id], facts })
      return patient.id
    })
  }

  /** Adds a contact; returns its id. */
  async addContact(context: WriteContext, input: AddPatientContactInput): Promise<string> {
    const checks = new InputChecks()
    const fullName = checks.text('fullName', input.fullName, NAME)
    const relationship = checks.optionalText('relationship', input.relationship, NAME)
    const { phone, email } = reachableAt(checks, input)
    checks.require(phone != null || email != null, 'phone', 'or an e-mail address is needed')
    checks.done()
    return this.#work.run(context, async ({ em, audit }) => {
      const patient = await openPatient(em, this.#reach, context, input.patientId)
      const contact = new PatientContact()
      const { emergency, guardian } = input
      assignGiven(contact, { patient: ref(patient), fullName, relationship, phone, email, emergency, guardian })
      em.persist(contact)
      audit({
        action: AuditAction.CREATE,
        entity: 'PatientContact',
        entityId: contact.id,
        patientIds: [patient.id],
        facts: { guardian, emergency },
      })
      return contact.id
    })
  }

  /** Changes a contact. */
  async updateContact(context: WriteContext, input: UpdatePatientContactInput): Promise<void> {
    const checks = new InputChecks()
    for (const field of ['fullName', 'emergency', 'guardian'] as const) checks.require(input[field] !== null, field, 'must not be empty')
    const given = {
      fullName: checks.optionalText('fullName', input.fullName, NAME) ?? undefined,
      relationship: checks.optionalText('relationship', input.relationship, NAME),
      ...reachableAt(checks, input),
      emergency: input.emergency ?? undefined,
      guardian: input.guardian ?? undefined,
    }
    checks.done()
    await this.#work.run(context, async ({ em, audit }) => {
      const { row, patient } = await this.#open(em, context, PatientContact, input.id)
      requireVersion(row, input.version)
      const sections = assignGiven(row, given)
      if (row.phone == null && row.email == null)
        throw new BadUserInputError([{ field: 'input.phone', message: 'or an e-mail address is needed' }])
      audit({ action: AuditAction.UPDATE, entity: 'PatientContact', entityId: row.id, patientIds: [patient.id], sections })
    })
  }

  /** Removes a contact; returns the patient's id. */
  async removeContact(context: WriteContext, id: string, version: number): Promise<string> {
    return this.#work.run(context, async ({ em, audit }) => {
      const { row, patient } = await this.#open(em, context, PatientContact, id)
      requireVersion(row, version)
      em.remove(row)
      const facts = { removed: true }
      audit({ action: AuditAction.UPDATE, entity: 'PatientContact', entityId: row.id, patientIds: [patient.id], facts })
      return patient.id
    })
  }

  /** Records a consent; returns its id. A later version of the form is a row of its own: what was signed stays as it was. */
  async recordConsent(context: WriteContext, input: RecordConsentInput): Promise<string> {
    const now = this.#clock()
    const checks = new InputChecks()
    const formVersion = checks.text('formVersion', input.formVersion, { most: 50 })
    const signerName = checks.text('signerName', input.signerName, NAME)
    checks.require(input.validFrom == null || input.validFrom <= latestDay(now), 'validFrom', 'must not be in the future')
    checks.done()
    return this.#work.run(context, async ({ em, audit }) => {
      const validFrom = input.validFrom ?? (await clinicToday(em))
      const days = new InputChecks()
      days.require(input.validTo == null || input.validTo >= validFrom, 'validTo', 'must not be before the first day')
      days.done()
      const patient = await openPatient(em, this.#reach, context, input.patientId)
      const consent = new PatientConsent()
      const { kind, signer, validTo } = input
      const recordedBy = ref(em.getReference(User, actorId(context)))
      assignGiven(consent, { patient: ref(patient), kind, formVersion, signerName, signer, validFrom, validTo, recordedBy })
      em.persist(consent)
      audit({ action: AuditAction.CREATE, entity: 'PatientConsent', entityId: consent.id, patientIds: [patient.id], facts: { kind } })
      return consent.id
    })
  }

  /** Takes a consent back from this moment on. */
  async revokeConsent(context: WriteContext, id: string, version: number): Promise<void> {
    await this.#work.run(context, async ({ em, audit }) => {
      const { row, patient } = await this.#open(em, context, PatientConsent, id)
      requireVersion(row, version)
      if (row.revokedAt != null) throw new ClinicError('INVALID_TRANSITION', 'It was revoked already.')
      row.revokedAt = this.#clock()
      row.revokedBy = ref(em.getReference(User, actorId(context)))
      const facts = { kind: row.kind, revoked: true }
      audit({ action: AuditAction.UPDATE, entity: 'PatientConsent', entityId: row.id, patientIds: [patient.id], facts })
    })
  }

  /** A part within the actor's reach, and its patient, both as they are after waiting for whoever changes them at the moment. */
  async #open<Part extends { id: string; patient: { id: string } }>(
    em: EntityManager,
    context: WriteContext,
    entity: new () => Part,
    id: string,
  ): Promise<{ row: Part; patient: Patient }> {
    await this.#reach.require(em, context.actor, entity, id)
    const row = await em.findOneOrFail(entity, { id })
    const patient = await openPatient(em, this.#reach, context, row.patient.id)
    await em.refresh(row)
    await this.#reach.require(em, context.actor, entity, id)
    return { row, patient }
  }
}

async function clinicToday(em: EntityManager): Promise<string> {
  const [row] = await em.execute<{ today: string }[]>(`select ${CLINIC_TODAY}::text as today`)
  if (!row) throw new Error('the statement gives one row')
  return row.today
}
