/**
 * Medical record numbers (RULES P1): the clinic's own serial and one check digit behind it.
 *
 * The check digit is Verhoeff's (J. Verhoeff, "Error Detecting Decimal Codes", 1969). It finds every single wrong digit and every
 * transposition of two neighbours; the better known Luhn digit misses the swap 09 ↔ 90.
 */

/** Serials come from the sequence `patient_mrn_seq`. Seven digits and the check digit are the eight that the table asks for at least. */
const LEAST_SERIAL = 1_000_000n
const MOST_SERIAL = 99_999_999_999n

/** How a digit is permuted at each of eight places, ten digits each, counted from the right; the ninth place is as the first. */
const PERMUTATIONS = powers('1576283094', 8)

/**
 * The record number of a serial, for instance `10000006` for 1000000.
 * @throws RangeError when the serial would not make 8 to 12 digits
 */
export function formatMrn(serial: bigint | number): string {
  const value = BigInt(serial)
  if (value < LEAST_SERIAL || value > MOST_SERIAL) throw new RangeError('The serial of a medical record number has 7 to 11 digits')
  const digits = value.toString()
  const sum = checksum(`${digits}0`)
  let check = 0
  while (multiply(sum, check) !== 0) check++
  return `${digits}${check}`
}

/** Whether the text is a record number of this clinic's form with the right check digit. Says nothing about whether it was issued. */
export function isValidMrn(text: string): boolean {
  return /^[1-9]\d{7,11}$/.test(text) && checksum(text) === 0
}

function checksum(digits: string): number {
  let sum = 0
  for (let place = 0; place < digits.length; place++) {
    sum = multiply(sum, digitAt(PERMUTATIONS, (place % 8) * 10 + digitAt(digits, digits.length - 1 - place)))
  }
  return sum
}

/** Multiplication in the dihedral group D5: 0–4 are the rotations of a pentagon, 5–9 its reflections. */
function multiply(a: number, b: number): number {
  const rotation = a < 5 ? (a + (b % 5)) % 5 : (a - (b % 5) + 10) % 5
  return a < 5 === b < 5 ? rotation : rotation + 5
}

/** The permutation applied 0, 1, … `count` − 1 times, one after the other. */
function powers(permutation: string, count: number): string {
  let power = '0123456789'
  let all = ''
  for (let times = 0; times < count; times++) {
    all += power
    power = power.replace(/\d/g, (digit) => permutation.charAt(Number(digit)))
  }
  return all
}

function digitAt(digits: string, index: number): number {
  return digits.charCodeAt(index) - 48
}
