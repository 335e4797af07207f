import { registerEnumType } from 'type-graphql'

/** What of a patient's demographics can be taken from the one record or the other. */
export enum PatientMergeField {
  FIRST_NAME = 'FIRST_NAME',
  LAST_NAME = 'LAST_NAME',
  BIRTH_DATE = 'BIRTH_DATE',
  SEX = 'SEX',
  PHONE = 'PHONE',
  EMAIL = 'EMAIL',
  ADDRESS = 'ADDRESS',
  LANGUAGE = 'LANGUAGE',
  DECEASED_AT = 'DECEASED_AT',
}

registerEnumType(PatientMergeField, {
  name: 'PatientMergeField',
  description: "What of a patient's demographics can be taken from the one record or the other.",
  valuesConfig: {
    FIRST_NAME: { description: 'Given names.' },
    LAST_NAME: { description: 'Family name.' },
    BIRTH_DATE: { description: 'Date of birth.' },
    SEX: { description: 'Administrative sex.' },
    PHONE: { description: 'Phone number.' },
    EMAIL: { description: 'E-mail address.' },
    ADDRESS: { description: 'Where the patient lives.' },
    LANGUAGE: { description: 'Preferred language.' },
    DECEASED_AT: { description: 'When the patient died.' },
  },
})

/** The columns of each. */
export const MERGE_COLUMNS: Readonly<Record<PatientMergeField, readonly string[]>> = {
  FIRST_NAME: ['first_name'],
  LAST_NAME: ['last_name'],
  BIRTH_DATE: ['birth_date'],
  SEX: ['sex'],
  PHONE: ['phone'],
  EMAIL: ['email'],
  ADDRESS: ['address_line', 'address_city', 'address_region', 'address_postal_code', 'address_country'],
  LANGUAGE: ['language'],
  DECEASED_AT: ['deceased_at'],
}
