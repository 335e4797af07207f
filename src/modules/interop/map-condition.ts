import { DiagnosisCertainty } from '../records/diagnosis.entity.js'
import { ConditionClinicalStatus, ConditionVerificationStatus } from '../patients/condition.entity.js'
import type { CodeSystem } from '../../database/coding.js'
import { concept, statusCode } from './fhir-codes.js'
import { child, text, type JsonObject } from './fhir-json.js'
import { parseTime, type SourceTime } from './fhir-time.js'
import { Skip } from './import-problems.js'
import { impossibleTime, type MapContext, type PatientFacts, type Visit } from './map-context.js'

/** A Condition as it stands on the problem list. */
export interface ConditionData {
  readonly codeSystem: CodeSystem | null
  readonly code: string | null
  readonly display: string
  readonly clinicalStatus: ConditionClinicalStatus
  readonly verificationStatus: ConditionVerificationStatus
  readonly onsetDate: string | null
  readonly abatementDate: string | null
  readonly recordedAt: Date
}

/** The same as a diagnosis of a visit, which is always coded. */
export interface DiagnosisData {
  readonly codeSystem: CodeSystem
  readonly code: string
  readonly display: string
  readonly certainty: DiagnosisCertainty
}

const CLINICAL: Readonly<Record<string, ConditionClinicalStatus>> = {
  active: ConditionClinicalStatus.ACTIVE,
  recurrence: ConditionClinicalStatus.RECURRENCE,
  relapse: ConditionClinicalStatus.RELAPSE,
  inactive: ConditionClinicalStatus.INACTIVE,
  remission: ConditionClinicalStatus.REMISSION,
  resolved: ConditionClinicalStatus.RESOLVED,
}

const VERIFICATION: Readonly<Record<string, ConditionVerificationStatus>> = {
  unconfirmed: ConditionVerificationStatus.UNCONFIRMED,
  provisional: ConditionVerificationStatus.PROVISIONAL,
  differential: ConditionVerificationStatus.DIFFERENTIAL,
  confirmed: ConditionVerificationStatus.CONFIRMED,
  refuted: ConditionVerificationStatus.REFUTED,
}

const CERTAINTY: Readonly<Record<ConditionVerificationStatus, DiagnosisCertainty>> = {
  UNCONFIRMED: DiagnosisCertainty.SUSPECTED,
  PROVISIONAL: DiagnosisCertainty.SUSPECTED,
  DIFFERENTIAL: DiagnosisCertainty.SUSPECTED,
  CONFIRMED: DiagnosisCertainty.CONFIRMED,
  REFUTED: DiagnosisCertainty.RULED_OUT,
  ENTERED_IN_ERROR: DiagnosisCertainty.RULED_OUT,
}

/** Maps a Condition. Dates that cannot be true are left out and reported; the condition itself is worth more than its dates. */
export function mapCondition(
  resource: JsonObject,
  patient: PatientFacts,
  visit: Visit | undefined,
  context: MapContext,
): ConditionData | Skip {
  const verification = statusCode(resource, 'verificationStatus')
  if (verification === 'entered-in-error') return new Skip('entered-in-error', 'verificationStatus')
  const kind = concept(child(resource, 'code'))
  if (kind === undefined) return new Skip('no-code', 'code')
  if (kind.unknownSystem) context.remark('unknown-code-system', 'code')
  if (kind.furtherCodes) context.remark('further-codes', 'code')

  const onset = possible(timeOf(resource, 'onset', context), patient, context, 'onset')
  const end = timeOf(resource, 'abatement', context)
  const soundEnd =
    end !== undefined && end.at <= context.now && (onset === undefined || onset.day <= end.day) && end.day >= patient.birthDate
  if (end !== undefined && !soundEnd) context.remark('end-left-out', 'abatement')
  const clinical = statusCode(resource, 'clinicalStatus')
  if (CLINICAL[clinical ?? ''] === undefined) context.remark('status-unknown', 'clinicalStatus')
  if (VERIFICATION[verification ?? ''] === undefined) context.remark('status-unknown', 'verificationStatus')
  return {
    codeSystem: kind.codeSystem,
    code: kind.code,
    display: kind.display,
    clinicalStatus: CLINICAL[clinical ?? ''] ?? (soundEnd ? ConditionClinicalStatus.RESOLVED : ConditionClinicalStatus.ACTIVE),
    verificationStatus: VERIFICATION[verification ?? ''] ?? ConditionVerificationStatus.UNCONFIRMED,
    onsetDate: onset?.day ?? null,
    abatementDate: soundEnd ? end.day : null,
    recordedAt: recordedAt(resource, onset, visit, context),
  }
}

/** The diagnosis that a condition is for its visit. */
export function diagnosisOf(condition: ConditionData): DiagnosisData | undefined {
  const { codeSystem, code, display, verificationStatus } = condition
  return codeSystem === null || code === null ? undefined : { codeSystem, code, display, certainty: CERTAINTY[verificationStatus] }
}

function timeOf(resource: JsonObject, element: 'onset' | 'abatement', context: MapContext): SourceTime | undefined {
  const period = child(resource, `${element}Period`)
  const time = parseTime(text(resource, `${element}DateTime`) ?? text(period, element === 'onset' ? 'start' : 'end'), context.zone)
  if (time?.partial === true) context.remark('partial-date', element)
  return time
}

function possible(time: SourceTime | undefined, patient: PatientFacts, context: MapContext, field: string): SourceTime | undefined {
  if (time === undefined || impossibleTime(time, patient, context.now) === undefined) return time
  context.remark('onset-left-out', field)
  return undefined
}

/** When it was put on the list: as the source says, else with the visit, else when it began, else now. */
export function recordedAt(resource: JsonObject, onset: SourceTime | undefined, visit: Visit | undefined, context: MapContext): Date {
  const recorded = parseTime(text(resource, 'recordedDate'), context.zone)
  if (recorded !== undefined && recorded.at <= context.now) return recorded.at
  const instead = visit?.startsAt ?? onset?.at
  if (instead === undefined) context.remark('date-of-import', 'recordedDate')
  return instead ?? context.now
}
