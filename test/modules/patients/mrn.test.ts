import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMrn, isValidMrn } from '../../../src/modules/patients/mrn.js'

const serials = fc.bigInt({ min: 1_000_000n, max: 99_999_999_999n })
const places = fc.nat({ max: 11 })

describe('the medical record number (RULES P1)', () => {
  // Worked out with the multiplication and permutation tables as printed, which also give the well-known 236 → 3 and 12345 → 1.
  it.each([
    [1_000_000, '10000006'],
    [1_000_001, '10000010'],
    [1_234_567, '12345679'],
    [98_765_432_101n, '987654321012'],
  ])('is the serial with its check digit behind it: %d → %s', (serial, mrn) => {
    expect(formatMrn(serial)).toBe(mrn)
  })

  it('fits the form the table asks for, and is valid', () => {
    fc.assert(
      fc.property(serials, (serial) => {
        const mrn = formatMrn(serial)
        expect(mrn).toMatch(/^[0-9]{8,12}$/)
        expect(isValidMrn(mrn)).toBe(true)
        expect(mrn.slice(0, -1)).toBe(serial.toString())
      }),
    )
  })

  it('shows every single wrong digit', () => {
    fc.assert(
      fc.property(serials, places, fc.integer({ min: 1, max: 9 }), (serial, place, by) => {
        const mrn = formatMrn(serial)
        const index = place % mrn.length
        const wrong = mrn.slice(0, index) + ((Number(mrn[index]) + by) % 10) + mrn.slice(index + 1)
        expect(isValidMrn(wrong)).toBe(false)
      }),
    )
  })

  it('shows every swap of two neighbouring digits', () => {
    fc.assert(
      fc.property(serials, places, (serial, place) => {
        const mrn = formatMrn(serial)
        const index = place % (mrn.length - 1)
        fc.pre(mrn[index] !== mrn[index + 1])
        const wrong = mrn.slice(0, index) + mrn[index + 1] + mrn[index] + mrn.slice(index + 2)
        expect(isValidMrn(wrong)).toBe(false)
      }),
    )
  })

  it('has exactly one right check digit', () => {
    fc.assert(
      fc.property(serials, (serial) => {
        const valid = Array.from({ length: 10 }, (_, digit) => `${serial}${digit}`).filter(isValidMrn)
        expect(valid).toEqual([formatMrn(serial)])
      }),
    )
  })

  it.each(['', '1', '1234567', '1234567890123', ' 10000006', '1000000x', '１００００００６', '00000000'])(
    'does not take %j for a record number',
    (text) => {
      expect(isValidMrn(text)).toBe(false)
    },
  )

  it.each([0, 999_999, 100_000_000_000, -1])('is not made for the serial %d', (serial) => {
    expect(() => formatMrn(serial)).toThrow(RangeError)
  })
})
