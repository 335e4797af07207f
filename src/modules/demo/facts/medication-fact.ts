/** One product as it is prescribed: RxNorm code, dose with unit, how often, how much of it (RULES R2). */
export interface MedicationFact {
  readonly name: string
  /** RxNorm: of the product where the clinic prescribes that very product, else of its ingredient. */
  readonly code: string
  /** Groups that an allergy can name; an allergic patient is not given it (RULES R3). */
  readonly drugClass?: 'penicillins' | 'nsaids' | 'sulfonamides' | 'ace-inhibitors'
  readonly dose: string
  readonly doseUnit: string
  readonly frequency: string
  readonly route: string
  readonly instructions: string
  readonly asNeeded?: true
  readonly quantity: string
  readonly quantityUnit: string
  readonly days: number
  readonly refills: number
  /** Not for children under this age, in years. */
  readonly fromAge?: number
}

/** Ways of saying how often, and the usual supply of a tablet that is taken for good. */
export const DAILY = 'once a day'
export const MORNING = 'once a day, in the morning'
export const EVENING = 'once a day, in the evening'
export const TWICE = 'twice a day'
export const THRICE = 'three times a day'
export const WATER = 'Swallow whole with a glass of water.'
export const THIN = 'Apply thinly to the affected skin.'
export const LASTING = { quantity: '90', quantityUnit: 'tablet', days: 90, refills: 3, fromAge: 16 } as const
