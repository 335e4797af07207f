import { doubleMetaphone } from 'double-metaphone'

/** What two records have in common. */
export interface Likeness {
  readonly sameEmail: boolean
  readonly sameBirthDate: boolean
  readonly sameName: boolean
  /** Of a sex that is known. */
  readonly sameSex: boolean
  readonly sameSound: boolean
  readonly samePhone: boolean
}

/** How much each counts (RULES P3). */
export const DUPLICATE_WEIGHTS: Readonly<Record<keyof Likeness, number>> = {
  sameEmail: 6,
  sameBirthDate: 6,
  sameName: 6,
  sameSex: 6,
  sameSound: 2,
  samePhone: 1,
}

/**
 * From here on two records are likely to be of one person. Two strong likenesses are not enough (a birth date and a sex are shared by a
 * dozen people of a large clinic); with a surname that sounds the same they are, because a clerk's "Schmitt" is another's "Schmidt".
 */
export const LIKELY_DUPLICATE = 14

/** The sum of the weights of what two records have in common. */
export function duplicateScore(likeness: Likeness): number {
  return (Object.keys(DUPLICATE_WEIGHTS) as (keyof Likeness)[]).reduce(
    (score, each) => score + (likeness[each] ? DUPLICATE_WEIGHTS[each] : 0),
    0,
  )
}

/** Whether two surnames sound the same: Double Metaphone; names it knows no sounds of (other scripts) must be equal. */
export function soundsTheSame(one: string, other: string): boolean {
  const [left, right] = [plain(one), plain(other)]
  if (left === right) return left !== ''
  const sounds = doubleMetaphone(left).filter((code) => code !== '')
  return doubleMetaphone(right).some((code) => sounds.includes(code))
}

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase()
