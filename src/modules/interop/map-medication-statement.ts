import type { CodeSystem } from '../../database/coding.js'
import { text, type JsonObject } from './fhir-json.js'
import { Skip } from './import-problems.js'
import type { MapContext } from './map-context.js'
import { mapDosage } from './map-dosage.js'
import { medicineOf, type Medicines } from './map-medication-request.js'

/** A medicine the patient was taking at the time of a visit. */
export interface CurrentMedicationData {
  readonly name: string
  readonly codeSystem: CodeSystem | null
  readonly code: string | null
  readonly dosage: string | null
}

/** What was being taken (HL7 medication-statement status). */
const TAKEN = new Set(['active', 'completed', 'recorded'])

/** Maps a MedicationStatement noted at a visit. Orders are none: what was ordered is not what was taken. */
export function mapMedicationStatement(resource: JsonObject, medicines: Medicines, context: MapContext): CurrentMedicationData | Skip {
  const status = text(resource, 'status') ?? ''
  if (!TAKEN.has(status)) return new Skip(status === 'entered-in-error' ? 'entered-in-error' : 'not-taken', 'status')
  const medicine = medicineOf(resource, medicines)
  if (medicine === undefined) return new Skip('no-code', 'medication')
  const { dose, doseUnit, frequency, instructions } = mapDosage(resource, 'dosage', context)
  const dosage = instructions ?? [dose, doseUnit, frequency].filter((each) => each !== null).join(' ')
  return { name: medicine.display, codeSystem: medicine.codeSystem, code: medicine.code, dosage: dosage === '' ? null : dosage }
}
