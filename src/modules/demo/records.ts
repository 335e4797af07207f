import { CodeSystem } from '../../database/coding.js'
import { recordContentHash, type SignedContent } from '../records/content-hash.js'
import { DiagnosisCertainty } from '../records/diagnosis.entity.js'
import { RecordStatus } from '../records/medical-record.entity.js'
import { AppointmentStatus } from '../scheduling/appointment-status.js'
import type { AllergenFact } from './facts/allergens.js'
import type { DiagnosisFact } from './facts/diagnosis-fact.js'
import { medication, type MedicationKey } from './facts/medications.js'
import { isTolerated, isTreatedAt, type Illness } from './illness.js'
import { ageAt, type Person } from './person.js'
import type { Practice } from './practice.js'
import type { Random } from './random.js'
import type { RowsByTable } from './rows.js'
import { HOUR, MINUTE, instant } from './time.js'
import type { Visit } from './visits.js'
import { addVitals, type Body } from './vitals.js'
import { add, rowBase, type World } from './world.js'

/** A record and what later parts of the chart hang on it. */
export interface WrittenRecord {
  readonly id: string
  readonly visit: Visit
  readonly at: number
  readonly status: RecordStatus
  readonly diagnoses: readonly DiagnosisFact[]
}

/** Everything about one patient that records are written from. */
export interface Chart {
  readonly world: World
  readonly practice: Practice
  readonly random: Random
  readonly person: Person
  readonly illnesses: readonly Illness[]
  readonly allergies: readonly AllergenFact[]
  readonly body: Body
  readonly rows: RowsByTable
}

const CONDITION_AT_SIGHT = [
  'Good general condition.',
  'Alert and oriented, no acute distress.',
  'Well nourished, moves freely.',
  'General condition slightly reduced.',
] as const
const COURSE = ['stable', 'improving', 'first presentation', 'as at the last visit', 'slightly worse'] as const
const KINDS: Readonly<Record<DiagnosisFact['course'], readonly string[]>> = {
  CHECKUP: ['Check-up'],
  ACUTE: ['Consultation', 'Acute visit'],
  CHRONIC: ['Follow-up', 'Consultation'],
}

/** Writes the note of a visit that took place, or is taking place, with its diagnoses, vitals and medications (RULES C1). */
export function writeRecord(chart: Chart, visit: Visit): WrittenRecord | undefined {
  const { world, practice, random, person, rows } = chart
  const open = visit.status === AppointmentStatus.IN_PROGRESS
  if (!open && (visit.status !== AppointmentStatus.COMPLETED || random.chance(0.03))) return undefined

  const drawn = practice.decks.record.draw()
  const status = open ? RecordStatus.DRAFT : drawn
  const signed = status === RecordStatus.SIGNED || status === RecordStatus.AMENDED
  const at = Math.min(visit.start + random.integer(0, 5) * MINUTE, world.now)
  const signedAt = Math.min(visit.end + Math.floor(random.between(0, 3) * HOUR), world.now, person.until + HOUR)
  const base = rowBase(random, at, signed ? signedAt : at)
  const fact = visit.complaint
  const texts = {
    encounterType: random.pick(KINDS[fact.course]),
    subjective: fact.subjective,
    findings: `${random.pick(CONDITION_AT_SIGHT)} ${fact.findings}`,
    assessment: fact.course === 'CHECKUP' ? `${fact.display}.` : `${fact.display}, ${random.pick(COURSE)}.`,
    plan: fact.plan,
  }
  const diagnosed = addDiagnoses(chart, visit, base.id, at)
  const vitals = addVitals(random, person, chart.body, fact, base.id, at, rows)
  const medications = addCurrentMedications(chart, base.id, at)
  const content: SignedContent = {
    authorId: visit.doctor.id,
    occurredAt: new Date(at),
    ...texts,
    diagnoses: diagnosed.map(({ signed }) => signed),
    vitals,
    currentMedications: medications,
  }
  add(rows, 'medical_record', {
    ...base,
    patient_id: person.id,
    appointment_id: visit.id,
    author_id: visit.doctor.id,
    status,
    occurred_at: instant(at),
    encounter_type: texts.encounterType,
    subjective: texts.subjective,
    findings: texts.findings,
    assessment: texts.assessment,
    plan: texts.plan,
    signed_at: signed ? instant(signedAt) : null,
    content_hash: signed ? recordContentHash(content) : null,
  })
  return { id: base.id, visit, at, status, diagnoses: diagnosed.map(({ fact: each }) => each) }
}

/** The complaint first, then what else the patient is treated for (RULES C1: primary first). */
function addDiagnoses({ practice, random, illnesses, rows }: Chart, visit: Visit, recordId: string, at: number) {
  const others = illnesses.filter((illness) => illness.fact !== visit.complaint && isTreatedAt(illness, at)).map(({ fact }) => fact)
  const further = random.chance(0.45) ? random.shuffled(others).slice(0, random.integer(1, 2)) : []
  return [visit.complaint, ...further].map((fact, index) => {
    const { primaryCertainty, furtherCertainty } = practice.decks
    const certainty = fact.course === 'CHECKUP' ? DiagnosisCertainty.CONFIRMED : (index === 0 ? primaryCertainty : furtherCertainty).draw()
    const signed = { rank: index + 1, codeSystem: CodeSystem.ICD_10_CM, code: fact.code, display: fact.display, certainty }
    add(rows, 'diagnosis', {
      ...rowBase(random, at),
      medical_record_id: recordId,
      rank: signed.rank,
      code_system: signed.codeSystem,
      code: fact.code,
      display: fact.display,
      certainty,
    })
    return { fact, signed }
  })
}

/** What the patient takes for good at that time, one medicine per illness, at most four. */
function addCurrentMedications({ random, person, illnesses, allergies, rows }: Chart, recordId: string, at: number) {
  const age = ageAt(person, at)
  const keys = new Set<MedicationKey>()
  for (const illness of illnesses) {
    const key = isTreatedAt(illness, at) ? illness.fact.medications.find((each) => isTolerated(each, allergies, age)) : undefined
    if (key !== undefined && keys.size < 4) keys.add(key)
  }
  return [...keys].map((key) => {
    const { name, code, dose, doseUnit, frequency } = medication(key)
    const dosage = `${dose} ${doseUnit} ${frequency}`
    add(rows, 'current_medication', {
      ...rowBase(random, at),
      medical_record_id: recordId,
      name,
      code_system: CodeSystem.RXNORM,
      code,
      dosage,
    })
    return { name, codeSystem: CodeSystem.RXNORM, code, dosage }
  })
}
