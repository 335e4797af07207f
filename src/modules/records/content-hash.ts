import type { CodeSystem } from '../../database/coding.js'
import { canonicalHash, canonicalJson } from '../../database/canonical-json.js'
import type { DiagnosisCertainty } from './diagnosis.entity.js'

/** What a signature covers: the whole content of a medical record with its children, and whose record it is (RULES C2). */
export interface SignedContent {
  readonly patientId: string
  readonly authorId: string | null
  readonly occurredAt: Date
  readonly encounterType: string | null
  readonly subjective: string | null
  readonly findings: string | null
  readonly assessment: string | null
  readonly plan: string | null
  readonly diagnoses: readonly {
    readonly rank: number
    readonly codeSystem: CodeSystem
    readonly code: string
    readonly display: string
    readonly certainty: DiagnosisCertainty
  }[]
  readonly vitals: readonly {
    readonly codeSystem: CodeSystem
    readonly code: string
    readonly display: string
    /** Decimal text; trailing zeros do not count. */
    readonly value: string
    readonly unit: string
    readonly measuredAt: Date
  }[]
  readonly currentMedications: readonly {
    readonly name: string
    readonly codeSystem: CodeSystem | null
    readonly code: string | null
    readonly dosage: string | null
  }[]
}

/** Names the form below; a later form gets another name, so that old hashes can still be checked. */
const FORM = 'clinic-record/1'

/**
 * SHA-256, in hexadecimal, of what was signed.
 *
 * The canonical form is the JSON text of `{ form: 'clinic-record/1', … }` with the fields of {@link SignedContent}: keys in code unit order at
 * every level, no white space, missing values as `null`, instants as UTC with milliseconds (`2026-11-20T09:30:00.000Z`), decimals without
 * trailing zeros, ids in lower case. Diagnoses are in order of rank; vitals and medications, which have no order of their own, in code
 * unit order of their own canonical texts. So the hash can be computed again from the rows at any time.
 */
export function recordContentHash(content: SignedContent): string {
  return canonicalHash({
    form: FORM,
    patientId: content.patientId.toLowerCase(),
    authorId: content.authorId?.toLowerCase() ?? null,
    occurredAt: content.occurredAt,
    encounterType: content.encounterType,
    subjective: content.subjective,
    findings: content.findings,
    assessment: content.assessment,
    plan: content.plan,
    diagnoses: content.diagnoses
      .map(({ rank, codeSystem, code, display, certainty }) => ({ rank, codeSystem, code, display, certainty }))
      .toSorted((a, b) => a.rank - b.rank),
    vitals: sorted(
      content.vitals.map(({ codeSystem, code, display, value, unit, measuredAt }) => ({
        codeSystem,
        code,
        display,
        value: plainDecimal(value),
        unit,
        measuredAt,
      })),
    ),
    currentMedications: sorted(
      content.currentMedications.map(({ name, codeSystem, code, dosage }) => ({ name, codeSystem, code, dosage })),
    ),
  })
}

/** `37.0000` → `37`, `-0.50` → `-0.5`: `numeric` columns give back as many zeros as their scale. */
function plainDecimal(value: string): string {
  return value.includes('.') ? value.replace(/\.?0+$/, '') : value
}

function sorted<T>(rows: readonly T[]): readonly T[] {
  return rows
    .map((row) => ({ row, key: canonicalJson(row) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row)
}
