/** How much a problem matters: `error` somebody must act, `warning` something was left out, `info` something was loaded with a remark. */
export type Severity = 'info' | 'warning' | 'error'

/**
 * Everything an import can have to say. Messages are fixed texts, so that no name or value of a patient can get into a report
 * (SECURITY P7); `docs/import-fhir.md` explains them at length.
 */
export const PROBLEMS = {
  // A file, or a line of one
  'file-unreadable': ['error', 'The file could not be read.'],
  'file-not-json': ['error', 'The file is not JSON, or ends too early; nothing of it was loaded.'],
  'file-bad-compression': ['error', 'The compressed file is damaged or cut off; nothing of it was loaded.'],
  'file-not-fhir': ['error', 'The file is no FHIR bundle and no FHIR resource; nothing of it was loaded.'],
  'file-bundle-type': ['error', 'Bundles of this type are not loaded: transaction, batch, collection, searchset and document are.'],
  'line-not-json': ['error', 'A line of the file is not JSON; the other lines were loaded.'],
  'entry-without-resource': ['warning', 'An entry of the bundle holds no resource.'],

  // Resources that are left out
  'unmapped-type': ['warning', 'The clinic keeps no resources of this type.'],
  'unmapped-observation': ['warning', 'Only vital signs are kept of observations.'],
  'part-of-request': ['info', 'Medicines are kept with the prescriptions that name them, not by themselves.'],
  repeated: ['info', 'The same resource was in the same import before, and was left out there.'],
  superseded: ['info', 'A later version of the same resource was in the same import.'],
  'entered-in-error': ['warning', 'The source marks the resource as entered in error.'],
  'patient-not-found': ['warning', 'The patient it belongs to is neither in these files nor in the clinic.'],
  'patient-not-loaded': ['warning', 'The patient it belongs to could not be loaded.'],
  'no-birth-date': ['warning', 'A patient needs a date of birth.'],
  'impossible-birth-date': ['warning', 'The date of birth is in the future or before 1850.'],
  'no-name': ['warning', 'There is no name.'],
  'no-code': ['warning', 'Nothing says what it is: neither a code nor words.'],
  'no-date': ['warning', 'Nothing says when it was.'],
  'before-birth': ['warning', 'It is dated before the birth of the patient.'],
  'in-future': ['warning', 'It is dated in the future.'],
  'planned-visit': ['warning', 'Visits that are only planned are not loaded; book them.'],
  'no-encounter': ['warning', 'It belongs to no visit, and the clinic keeps it with visits only.'],
  'encounter-not-loaded': ['warning', 'The visit it belongs to was not loaded.'],
  'no-value': ['warning', 'It has no measured value.'],
  'no-unit': ['warning', 'The measured value has no unit.'],
  'impossible-value': ['warning', 'The value cannot be true of a living person.'],
  'outside-visit': ['warning', 'It was measured more than a day outside the visit it belongs to.'],
  'measurement-changed': ['warning', 'A measurement that was loaded does not change.'],
  'signed-record': ['warning', 'It would change a record that is already signed.'],
  'edited-here': ['warning', 'The row was edited in the clinic after it was imported; the change was not applied.'],
  'active-order': ['warning', 'An active order does not change; the change was not applied.'],
  'not-an-order': ['warning', 'Only orders become prescriptions, not proposals, plans or options.'],
  'not-taken': ['warning', 'The patient was not taking the medicine.'],
  'no-known-kind': ['warning', 'The absence of one kind of allergy is no entry of the list.'],
  'allergy-refuted': ['warning', 'The allergy was ruled out.'],
  'not-used': ['info', 'No loaded visit took place there.'],
  'no-practitioner': ['warning', 'The practitioner it speaks of is not known.'],
  'database-refused': ['error', 'The database refused it.'],

  // Remarks on what was loaded
  'name-digits-removed': ['info', 'Digits glued to a name were removed.'],
  'name-missing': ['warning', 'There is no name; "Unknown" stands for it.'],
  'partial-date': ['warning', 'Only a year or a month is given; its first day stands for it.'],
  'death-without-date': ['warning', 'The patient is said to have died, without a date; the clinic keeps a date only.'],
  'death-before-birth': ['warning', 'The date of death is before that of birth and was left out.'],
  'contact-unreachable': ['warning', 'A contact without phone number and e-mail address was left out.'],
  'identifier-without-system': ['warning', 'An identifier does not say who issued it; "unknown issuer" stands for that.'],
  'identifier-taken': ['warning', 'An identifier belongs to another patient already and was left out: are they the same person?'],
  'unknown-code-system': ['info', 'The code is of a list the clinic does not keep; the words were kept.'],
  'further-codes': ['info', 'It has several codes; the first was kept.'],
  'diagnosis-without-code': ['info', 'Without a code it stands on the problem list only, not among the diagnoses of the visit.'],
  'diagnosis-not-added': ['warning', 'The record of the visit was loaded before, so it stands on the problem list only.'],
  'onset-left-out': ['warning', 'The beginning is before birth or in the future and was left out.'],
  'end-left-out': ['warning', 'The end is before the beginning or in the future and was left out.'],
  rounded: ['info', 'The value has more decimals than are kept and was rounded.'],
  'after-death': ['warning', 'It is dated after the death of the patient.'],
  'no-appointment-class': ['info', 'No appointment was made: only ambulatory visits have one.'],
  'no-appointment-length': ['warning', 'No appointment was made: the visit lasts longer than a day.'],
  'no-appointment-times': ['warning', 'No appointment was made: the visit has no end, or ends before it begins.'],
  'no-appointment-death': ['warning', 'No appointment was made: the visit is dated after the death of the patient.'],
  'no-appointment-doctor': ['warning', 'No appointment was made: the visit names no practitioner who is known.'],
  'no-appointment-status': ['warning', 'No appointment was made: the visit was never finished.'],
  'record-unsigned': ['warning', 'The record is a draft: there is nobody to have signed it, or the visit was never finished.'],
  'encounter-left-out': ['warning', 'It is kept without its visit, which was not loaded.'],
  'not-linked': ['info', 'Something it refers to is not in the clinic; it is kept without that.'],
  'off-visit': ['warning', 'Its date is more than a day outside the visit it belongs to; it is kept without the visit.'],
  'date-from-visit': ['info', 'It has no date of its own; that of its visit stands for it.'],
  'date-of-import': ['warning', 'Nothing says when it was noted; the time of the import stands for it.'],
  'no-dosage': ['info', 'The order says nothing about dose or frequency.'],
  'dose-without-unit': ['info', 'The dose has no unit; it stands in the instructions only.'],
  'amount-left-out': ['warning', 'A dose or quantity that is not positive, too large, or without unit was left out.'],
  'refills-capped': ['warning', 'More than 99 refills; 99 are kept.'],
  'on-hold-no-quantity': ['warning', 'An active order without quantity is put on hold for review.'],
  'on-hold-old': ['warning', 'An order that is active for more than five years is put on hold for review.'],
  'status-unknown': ['info', 'The status is missing or not known; a cautious one stands for it.'],
  'allergy-contradiction': ['warning', 'The source says both "no known allergies" and names some; the named ones stand.'],
  'same-practitioner': ['info', 'The same practitioner came under another id; the first one stands.'],
  'same-site': ['info', 'The clinic has a location of this name (and address) already; that one stands.'],
  'location-from-reference': ['info', 'The place is known from references only; the clinic keeps its name.'],
  'licence-taken': ['warning', 'Two practitioners with different names have the same number; the second is kept without it.'],
  'practitioner-from-reference': ['info', 'The practitioner is known from references only; the clinic keeps name and number.'],
} as const satisfies Readonly<Record<string, readonly [Severity, string]>>

/** One of {@link PROBLEMS}. */
export type ProblemCode = keyof typeof PROBLEMS

/** One line of the report. */
export interface Problem {
  /** The file as it was named or found. */
  readonly file: string
  readonly resourceType: string | null
  readonly id: string | null
  readonly severity: Severity
  readonly code: ProblemCode
  readonly message: string
  /** FHIR element the problem is in, for instance `period.end`. */
  readonly field?: string
}

/** A resource that is left out, and why. */
export class Skip {
  readonly code: ProblemCode
  readonly field: string | undefined

  constructor(code: ProblemCode, field?: string) {
    this.code = code
    this.field = field
  }
}

/** Takes remarks on one resource. */
export type Remark = (code: ProblemCode, field?: string) => void
