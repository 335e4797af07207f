import { CodeSystem } from '../../../database/coding.js'
import type { Specialty } from './specialties.js'

/** Something that is done in the demo clinic, with its price in the currency of the place. */
export interface ProcedureFact {
  readonly name: string
  readonly codeSystem: CodeSystem
  readonly code: string
  readonly price: string
  readonly specialties: readonly Specialty[]
  readonly fromAge: number
  readonly toAge: number
}

const procedure = (
  name: string,
  codeSystem: CodeSystem,
  code: string,
  price: string,
  specialties: readonly Specialty[],
  fromAge = 0,
  toAge = 120,
): ProcedureFact => ({ name, codeSystem, code, price, specialties, fromAge, toAge })
const { SNOMED_CT, CVX, LOCAL } = CodeSystem

/** Codes are SNOMED CT and, for vaccines, CVX; what the clinic has only on its own price list is `LOCAL`. */
export const PROCEDURES = {
  ecg: procedure('Electrocardiogram, 12 leads', SNOMED_CT, '29303009', '45.00', ['GENERAL_PRACTICE', 'CARDIOLOGY'], 30),
  spirometry: procedure('Spirometry', SNOMED_CT, '127783003', '52.50', ['GENERAL_PRACTICE'], 8),
  throatCulture: procedure('Throat culture', SNOMED_CT, '117015009', '28.00', ['GENERAL_PRACTICE', 'PEDIATRICS'], 3, 40),
  depressionScreening: procedure('Depression screening', SNOMED_CT, '171207006', '18.00', ['GENERAL_PRACTICE'], 14),
  bloodSample: procedure('Blood sample and laboratory panel', LOCAL, 'LAB-01', '36.80', ['GENERAL_PRACTICE', 'CARDIOLOGY'], 16),
  influenzaVaccine: procedure('Influenza, seasonal, injectable, preservative free', CVX, '140', '24.90', [
    'GENERAL_PRACTICE',
    'PEDIATRICS',
  ]),
  zosterVaccine: procedure('Zoster vaccine, recombinant', CVX, '187', '182.00', ['GENERAL_PRACTICE'], 50),
  tdapVaccine: procedure('Tdap vaccine', CVX, '115', '41.30', ['GENERAL_PRACTICE'], 11),
  dtapVaccine: procedure('DTaP vaccine', CVX, '20', '38.40', ['PEDIATRICS'], 0, 6),
  mmrVaccine: procedure('Measles, mumps and rubella vaccine', CVX, '03', '46.70', ['PEDIATRICS'], 1, 12),
  hearingTest: procedure('Hearing examination', SNOMED_CT, '398171003', '32.00', ['PEDIATRICS'], 0, 17),
  allergyTest: procedure('Allergy screening test', SNOMED_CT, '395142003', '78.00', ['DERMATOLOGY', 'PEDIATRICS'], 4),
  cervicalSmear: procedure('Cervical smear', SNOMED_CT, '90226004', '39.50', ['GYNECOLOGY'], 20, 70),
  pelvicUltrasound: procedure('Ultrasound of the pelvis', LOCAL, 'GYN-02', '85.00', ['GYNECOLOGY'], 14),
  mammography: procedure('Screening mammography', SNOMED_CT, '24623002', '120.00', ['GYNECOLOGY'], 50, 75),
  echocardiography: procedure('Echocardiography', SNOMED_CT, '40701008', '210.00', ['CARDIOLOGY']),
  stressTest: procedure('Exercise stress test', SNOMED_CT, '76746007', '145.00', ['CARDIOLOGY'], 25, 85),
  bloodPressureMonitoring: procedure(
    'Ambulatory blood pressure monitoring',
    SNOMED_CT,
    '164783007',
    '95.00',
    ['CARDIOLOGY', 'GENERAL_PRACTICE'],
    18,
  ),
  skinBiopsy: procedure('Biopsy of skin', SNOMED_CT, '240977001', '135.00', ['DERMATOLOGY'], 18),
  cryotherapy: procedure('Cryotherapy of a skin lesion', LOCAL, 'DRM-03', '60.00', ['DERMATOLOGY'], 10),
  phototherapy: procedure('Phototherapy, one session', LOCAL, 'DRM-05', '48.00', ['DERMATOLOGY'], 12),
  kneeXray: procedure('X-ray of the knee', SNOMED_CT, '74016001', '68.00', ['ORTHOPEDICS'], 5),
  wristXray: procedure('X-ray of the wrist', SNOMED_CT, '60027007', '62.00', ['ORTHOPEDICS'], 5),
  boneDensity: procedure('Bone density scan', SNOMED_CT, '312681000', '98.00', ['ORTHOPEDICS'], 50),
  physiotherapy: procedure('Physical therapy, one session', SNOMED_CT, '91251008', '55.00', ['ORTHOPEDICS'], 8),
  jointInjection: procedure('Injection into a joint', LOCAL, 'ORT-04', '110.00', ['ORTHOPEDICS'], 30),
  woundDressing: procedure('Dressing of a wound', SNOMED_CT, '182531007', '22.00', ['GENERAL_PRACTICE', 'ORTHOPEDICS']),
} as const satisfies Readonly<Record<string, ProcedureFact>>

export type ProcedureKey = keyof typeof PROCEDURES

export const ALL_PROCEDURES: readonly ProcedureFact[] = Object.values(PROCEDURES)
