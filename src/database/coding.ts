import { registerEnumType } from 'type-graphql'

/** The code systems the clinic keeps codes of. `LOCAL` is the clinic's own list. */
export enum CodeSystem {
  SNOMED_CT = 'SNOMED_CT',
  LOINC = 'LOINC',
  RXNORM = 'RXNORM',
  ICD_10_CM = 'ICD_10_CM',
  ICD_10 = 'ICD_10',
  CVX = 'CVX',
  LOCAL = 'LOCAL',
}

registerEnumType(CodeSystem, {
  name: 'CodeSystem',
  description: 'The list a code is taken from.',
  valuesConfig: {
    SNOMED_CT: { description: 'SNOMED CT: findings, procedures, substances.' },
    LOINC: { description: 'LOINC: observations and vital signs.' },
    RXNORM: { description: 'RxNorm: medicines.' },
    ICD_10_CM: { description: 'ICD-10-CM: diagnoses, US edition.' },
    ICD_10: { description: 'ICD-10: diagnoses, international edition.' },
    CVX: { description: 'CVX: vaccines.' },
    LOCAL: { description: "The clinic's own list." },
  },
})
