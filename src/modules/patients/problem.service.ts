import { ref, type EntityManager } from '@mikro-orm/postgresql'
import { AuditAction } from '../../audit/event.js'
import type { Clock } from '../../clock.js'
import type { CodeSystem } from '../../database/coding.js'
import { once } from '../../database/idempotency.js'
import { requireVersion, type UnitOfWork, type WriteContext } from '../../database/unit-of-work.js'
import { ClinicError, NotFoundError } from '../../graphql/errors.js'
import { assignGiven, InputChecks } from '../../graphql/input-checks.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { User } from '../identity/user.entity.js'
import { MedicalRecord } from '../records/medical-record.entity.js'
import { Allergy, AllergyVerificationStatus } from './allergy.entity.js'
import { countStandingAllergies } from './allergy-status.js'
import { Condition, ConditionClinicalStatus, ConditionVerificationStatus } from './condition.entity.js'
import { actorId, openPatient } from './open-patient.js'
import { latestDay } from './patient-data.js'
import { AllergyStatus, type Patient } from './patient.entity.js'
import {
  allowedAllergyStatuses,
  allowedConditionStatuses,
  ALLERGY_VERIFICATIONS,
  CONDITION_VERIFICATIONS,
  isStanding,
  NOT_STANDING,
} from './problem-status.js'
import type { RecordAllergyInput, RecordConditionInput, UpdateAllergyInput, UpdateConditionStatusInput } from './problem.inputs.js'
import { AllergyStatusChange, ConditionStatusChange, ProblemStatusKind } from './status-change.entity.js'

const WORDS = { most: 300 }
const CODE = { most: 50 }
const REASON = { most: 2000 }
const MOST_REACTIONS = 20
/** Statuses in which a condition has no end. */
const GOING_ON: readonly ConditionClinicalStatus[] = [
  ConditionClinicalStatus.ACTIVE,
  ConditionClinicalStatus.RECURRENCE,
  ConditionClinicalStatus.RELAPSE,
]

/** Allergies and conditions on a patient's list (RULES P5). Nothing is taken off it: what was wrong is refuted and stays readable. */
export class ProblemService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach
  readonly #clock: Clock

  constructor(work: UnitOfWork, reach: RowReach, clock: Clock) {
    this.#work = work
    this.#reach = reach
    this.#clock = clock
  }

  /** Puts an allergy on the list; returns its id. */
  async recordAllergy(context: WriteContext, input: RecordAllergyInput): Promise<string> {
    const checks = new InputChecks()
    const substance = checks.text('substance', input.substance, WORDS)
    const code = codeOf(checks, input)
    const reactions = reactionsOf(checks, input.reactions) ?? []
    checks.done()
    return this.#work.run(context, ({ em, audit }) =>
      once<never>(em, context, 'recordAllergy', input, async () => {
        const patient = await openPatient(em, this.#reach, context, input.patientId)
        this.#requireInLife(patient, { onsetDate: input.onsetDate })
        await requireNew(em, patient, substance, code)
        const allergy = new Allergy()
        const { category, criticality, onsetDate, confirmed } = input
        const verificationStatus = confirmed ? AllergyVerificationStatus.CONFIRMED : AllergyVerificationStatus.UNCONFIRMED
        const recordedAt = this.#clock()
        const patientRef = ref(patient)
        assignGiven(allergy, {
          patient: patientRef,
          substance,
          ...code,
          category,
          criticality,
          reactions,
          onsetDate,
          verificationStatus,
          recordedAt,
        })
        em.persist(allergy)
        patient.allergyStatus = AllergyStatus.RECORDED
        audit({ action: AuditAction.CREATE, entity: 'Allergy', entityId: allergy.id, patientIds: [patient.id] })
        return allergy.id
      }),
    )
  }

  /** Changes an allergy: what it does, where it stands, how sure the clinic is of it. */
  async updateAllergy(context: WriteContext, input: UpdateAllergyInput): Promise<void> {
    const checks = new InputChecks()
    checks.require(input.reactions !== null, 'reactions', 'must not be null: give an empty list')
    const reactions = reactionsOf(checks, input.reactions) ?? undefined
    const reason = this.#reasonOf(checks, input)
    checks.done()
    await this.#work.run(context, async ({ em, audit }) => {
      const { row: allergy, patient } = await this.#open(em, context, Allergy, input.id)
      requireVersion(allergy, input.version)
      this.#requireInLife(patient, { onsetDate: input.onsetDate })
      const { category, criticality, onsetDate } = input
      const sections = assignGiven(allergy, { category, criticality, onsetDate, reactions })
      const verification = input.verificationStatus ?? allergy.verificationStatus
      const clinical = input.clinicalStatus ?? allergy.clinicalStatus
      const changes: Change[] = [
        move(ProblemStatusKind.VERIFICATION, allergy.verificationStatus, verification, ALLERGY_VERIFICATIONS[allergy.verificationStatus]),
      ]
      allergy.verificationStatus = verification
      changes.push(move(ProblemStatusKind.CLINICAL, allergy.clinicalStatus, clinical, allowedAllergyStatuses(allergy)))
      allergy.clinicalStatus = clinical
      for (const change of changes.filter(isMove)) {
        sections.push(change.kind === ProblemStatusKind.CLINICAL ? 'clinicalStatus' : 'verificationStatus')
        const by = ref(em.getReference(User, actorId(context)))
        em.persist(Object.assign(new AllergyStatusChange(), change, { allergy: ref(allergy), by, reason }))
      }
      await em.flush()
      const standing = await countStandingAllergies(em, patient.id)
      // The last one has fallen: whether there are others is to be asked again, and not taken for "none known".
      if (standing === 0 && patient.allergyStatus === AllergyStatus.RECORDED) patient.allergyStatus = AllergyStatus.NOT_ASKED
      if (standing > 0) patient.allergyStatus = AllergyStatus.RECORDED
      audit({ action: AuditAction.UPDATE, entity: 'Allergy', entityId: allergy.id, patientIds: [patient.id], sections })
    })
  }

  /**
   * Records that the patient was asked and knows of no allergy: a fact, different from never having asked (RULES P5).
   * @throws ClinicError `CONFLICT` when allergies are on the list
   */
  async recordNoKnownAllergies(context: WriteContext, patientId: string): Promise<void> {
    await this.#work.run(context, async ({ em, audit }) => {
      const patient = await openPatient(em, this.#reach, context, patientId)
      if ((await countStandingAllergies(em, patient.id)) > 0)
        throw new ClinicError('CONFLICT', 'Allergies are on the list: refute those that are not there first.')
      patient.allergyStatus = AllergyStatus.NONE_KNOWN
      audit({
        action: AuditAction.UPDATE,
        entity: 'Patient',
        entityId: patient.id,
        patientIds: [patient.id],
        sections: ['allergyStatus'],
      })
    })
  }

  /** Puts a condition on the list; returns its id. */
  async recordCondition(context: WriteContext, input: RecordConditionInput): Promise<string> {
    const checks = new InputChecks()
    const display = checks.text('display', input.display, WORDS)
    const code = codeOf(checks, input)
    const clinicalStatus = input.clinicalStatus ?? ConditionClinicalStatus.ACTIVE
    const verificationStatus = input.verificationStatus ?? ConditionVerificationStatus.CONFIRMED
    checks.require(isStanding({ verificationStatus }), 'verificationStatus', 'must be one that counts')
    checks.require(input.abatementDate == null || !GOING_ON.includes(clinicalStatus), 'abatementDate', 'is for conditions that have ended')
    checks.done()
    return this.#work.run(context, ({ em, audit }) =>
      once<never>(em, context, 'recordCondition', input, async () => {
        const patient = await openPatient(em, this.#reach, context, input.patientId)
        const { onsetDate, abatementDate } = input
        this.#requireInLife(patient, { onsetDate, abatementDate })
        const medicalRecord = input.medicalRecordId == null ? null : await this.#recordOf(em, context, patient, input.medicalRecordId)
        const condition = new Condition()
        assignGiven(condition, {
          patient: ref(patient),
          medicalRecord,
          display,
          ...code,
          clinicalStatus,
          verificationStatus,
          onsetDate,
          abatementDate,
          recordedAt: this.#clock(),
        })
        em.persist(condition)
        audit({ action: AuditAction.CREATE, entity: 'Condition', entityId: condition.id, patientIds: [patient.id] })
        return condition.id
      }),
    )
  }

  /** Moves a condition: where it stands, how sure the clinic is of it. */
  async updateConditionStatus(context: WriteContext, input: UpdateConditionStatusInput): Promise<void> {
    const checks = new InputChecks()
    const reason = this.#reasonOf(checks, input)
    checks.done()
    await this.#work.run(context, async ({ em, audit }) => {
      const { row: condition, patient } = await this.#open(em, context, Condition, input.id)
      requireVersion(condition, input.version)
      const verification = input.verificationStatus ?? condition.verificationStatus
      const clinical = input.clinicalStatus ?? condition.clinicalStatus
      const changes: Change[] = [
        move(
          ProblemStatusKind.VERIFICATION,
          condition.verificationStatus,
          verification,
          CONDITION_VERIFICATIONS[condition.verificationStatus],
        ),
      ]
      condition.verificationStatus = verification
      changes.push(move(ProblemStatusKind.CLINICAL, condition.clinicalStatus, clinical, allowedConditionStatuses(condition)))
      condition.clinicalStatus = clinical
      const goesOn = GOING_ON.includes(clinical)
      const later = new InputChecks()
      later.require(input.abatementDate == null || !goesOn, 'abatementDate', 'is for conditions that have ended')
      later.done()
      const abatementDate = goesOn ? null : input.abatementDate
      this.#requireInLife(patient, { onsetDate: condition.onsetDate, abatementDate: abatementDate ?? condition.abatementDate })
      const sections = assignGiven(condition, { abatementDate })
      for (const change of changes.filter(isMove)) {
        sections.push(change.kind === ProblemStatusKind.CLINICAL ? 'clinicalStatus' : 'verificationStatus')
        const by = ref(em.getReference(User, actorId(context)))
        em.persist(Object.assign(new ConditionStatusChange(), change, { condition: ref(condition), by, reason }))
      }
      audit({ action: AuditAction.UPDATE, entity: 'Condition', entityId: condition.id, patientIds: [patient.id], sections })
    })
  }

  /** A day in the patient's life, and not one to come. */
  #requireInLife(patient: Patient, days: { onsetDate?: string | null | undefined; abatementDate?: string | null | undefined }): void {
    const checks = new InputChecks()
    for (const [field, day] of Object.entries(days)) {
      if (day == null) continue
      checks.require(day >= patient.birthDate, field, 'is before the birth')
      checks.require(day <= latestDay(this.#clock()), field, 'must not be in the future')
    }
    const { onsetDate, abatementDate } = days
    checks.require(onsetDate == null || abatementDate == null || onsetDate <= abatementDate, 'abatementDate', 'is before the beginning')
    checks.done()
  }

  #reasonOf(checks: InputChecks, input: { reason?: string | null; verificationStatus?: string | null }): string | null {
    const reason = checks.optionalText('reason', input.reason, REASON) ?? null
    const falls = input.verificationStatus != null && (NOT_STANDING as readonly string[]).includes(input.verificationStatus)
    checks.require(!falls || reason !== null, 'reason', 'is needed for that')
    return reason
  }

  async #recordOf(em: EntityManager, context: WriteContext, patient: Patient, id: string) {
    await this.#reach.require(em, context.actor, MedicalRecord, id)
    const record = await em.findOneOrFail(MedicalRecord, { id })
    if (record.patient.id !== patient.id) throw new NotFoundError()
    return ref(record)
  }

  async #open<Entry extends { id: string; patient: { id: string } }>(
    em: EntityManager,
    context: WriteContext,
    entity: new () => Entry,
    id: string,
  ): Promise<{ row: Entry; patient: Patient }> {
    await this.#reach.require(em, context.actor, entity, id)
    const row = await em.findOneOrFail(entity, { id })
    const patient = await openPatient(em, this.#reach, context, row.patient.id)
    await em.refresh(row)
    return { row, patient }
  }
}

interface Change {
  readonly kind: ProblemStatusKind
  readonly fromStatus: string
  readonly toStatus: string
}

const isMove = ({ fromStatus, toStatus }: Change): boolean => fromStatus !== toStatus

/** @throws ClinicError `INVALID_TRANSITION` when the table has no such move */
function move<Status extends string>(kind: ProblemStatusKind, from: Status, to: Status, allowed: readonly Status[]): Change {
  if (from !== to && !allowed.includes(to)) throw new ClinicError('INVALID_TRANSITION')
  return { kind, fromStatus: from, toStatus: to }
}

function codeOf(
  checks: InputChecks,
  { codeSystem, code }: { codeSystem?: CodeSystem | null; code?: string | null },
): { codeSystem: CodeSystem | null; code: string | null } {
  checks.require((codeSystem == null) === (code == null), 'code', 'and its list go together')
  return { codeSystem: codeSystem ?? null, code: checks.optionalText('code', code, CODE) ?? null }
}

function reactionsOf(checks: InputChecks, reactions: readonly string[] | null | undefined): string[] | null | undefined {
  if (reactions == null) return reactions
  checks.require(reactions.length <= MOST_REACTIONS, 'reactions', `must be at most ${MOST_REACTIONS}`)
  return reactions.map((each) => checks.text('reactions', each, WORDS))
}

/** An allergy stands on the list once. */
async function requireNew(
  em: EntityManager,
  patient: Patient,
  substance: string,
  { codeSystem, code }: { codeSystem: CodeSystem | null; code: string | null },
): Promise<void> {
  const entries = await em.find(Allergy, { patient })
  const same = (each: Allergy): boolean =>
    code === null ? each.substance.toLowerCase() === substance.toLowerCase() : each.codeSystem === codeSystem && each.code === code
  if (entries.some((each) => isStanding(each) && same(each))) throw new ClinicError('CONFLICT', 'This allergy is on the list already.')
}
