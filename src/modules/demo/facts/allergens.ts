import { CodeSystem } from '../../../database/coding.js'
import { AllergyCategory } from '../../patients/allergy.entity.js'
import type { MedicationFact } from './medication-fact.js'

/** A substance, coded where a code exists (RULES P5), and what it does to those who do not bear it. */
export interface AllergenFact {
  readonly substance: string
  readonly codeSystem: CodeSystem | null
  readonly code: string | null
  readonly category: AllergyCategory
  readonly reactions: readonly string[]
  readonly drugClass?: NonNullable<MedicationFact['drugClass']>
  readonly weight: number
}

const SKIN = ['Itching', 'Wheal', 'Eruption of skin'] as const
const AIRWAYS = ['Sneezing', 'Nose running', 'Rhinoconjunctivitis', 'Wheezing', 'Cough'] as const
const GUT = ['Abdominal pain', 'Nausea', 'Vomiting', 'Diarrhea'] as const
const GRAVE = ['Anaphylaxis', 'Allergic angioedema', 'Dyspnea'] as const

const snomed = (
  substance: string,
  code: string,
  category: AllergyCategory,
  weight: number,
  ...reactions: readonly string[]
): AllergenFact => ({
  substance,
  codeSystem: CodeSystem.SNOMED_CT,
  code,
  category,
  reactions,
  weight,
})
const drug = (substance: string, code: string, weight: number, drugClass?: AllergenFact['drugClass']): AllergenFact => ({
  substance,
  codeSystem: CodeSystem.RXNORM,
  code,
  category: AllergyCategory.MEDICATION,
  reactions: [...SKIN, ...GUT, ...GRAVE],
  weight,
  ...(drugClass === undefined ? {} : { drugClass }),
})

export const ALLERGENS: readonly AllergenFact[] = [
  drug('Penicillin V', '7984', 14, 'penicillins'),
  drug('Amoxicillin', '723', 8, 'penicillins'),
  drug('Sulfamethoxazole / Trimethoprim', '10831', 6, 'sulfonamides'),
  drug('Aspirin', '1191', 6, 'nsaids'),
  drug('Ibuprofen', '5640', 4, 'nsaids'),
  drug('Lisinopril', '29046', 3, 'ace-inhibitors'),
  drug('Codeine', '2670', 3),
  snomed('Grass pollen', '256277009', AllergyCategory.ENVIRONMENT, 12, ...AIRWAYS),
  snomed('Tree pollen', '782576004', AllergyCategory.ENVIRONMENT, 10, ...AIRWAYS),
  snomed('House dust mite', '260147004', AllergyCategory.ENVIRONMENT, 9, ...AIRWAYS),
  snomed('Animal dander', '264287008', AllergyCategory.ENVIRONMENT, 7, ...AIRWAYS, ...SKIN),
  snomed('Mold', '84489001', AllergyCategory.ENVIRONMENT, 4, ...AIRWAYS),
  snomed('Bee venom', '288328004', AllergyCategory.ENVIRONMENT, 4, ...SKIN, ...GRAVE),
  snomed('Latex', '111088007', AllergyCategory.ENVIRONMENT, 4, ...SKIN, ...GRAVE),
  snomed('Peanut', '762952008', AllergyCategory.FOOD, 6, ...SKIN, ...GUT, ...GRAVE),
  snomed('Tree nut', '442571000124108', AllergyCategory.FOOD, 5, ...SKIN, ...GRAVE),
  snomed('Eggs (edible)', '102263004', AllergyCategory.FOOD, 4, ...SKIN, ...GUT),
  snomed("Cow's milk", '3718001', AllergyCategory.FOOD, 4, ...GUT, ...SKIN),
  snomed('Shellfish', '735029006', AllergyCategory.FOOD, 4, ...SKIN, ...GRAVE),
  snomed('Wheat', '412071004', AllergyCategory.FOOD, 3, ...GUT),
  {
    substance: 'Tetanus antitoxin (horse serum)',
    codeSystem: null,
    code: null,
    category: AllergyCategory.BIOLOGIC,
    reactions: [...SKIN, ...GRAVE],
    weight: 5,
  },
]
