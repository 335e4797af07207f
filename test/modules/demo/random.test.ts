import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { validate, version } from 'uuid'
import { uuidV7 } from '../../../src/modules/demo/ids.js'
import { Deck, Random } from '../../../src/modules/demo/random.js'

describe('seeded random numbers', () => {
  it('are the same for the same seed, on every machine', () => {
    const draw = (): number[] => {
      const random = new Random('clinic', 7)
      return [random.uint32(), random.uint32(), random.uint32()]
    }
    expect(draw()).toEqual(draw())
    expect(draw()).toMatchInlineSnapshot(`
      [
        2472187940,
        286661299,
        3849594443,
      ]
    `)
  })

  it('differ as soon as the seed differs, also when the parts only meet elsewhere', () => {
    expect(new Random('a', 'bc').uint32()).not.toBe(new Random('ab', 'c').uint32())
    expect(new Random('1').uint32()).not.toBe(new Random(1).uint32())
  })

  it('stay within their bounds', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: -1000, max: 1000 }), fc.nat({ max: 1000 }), (seed, from, span) => {
        const random = new Random(seed)
        for (let draw = 0; draw < 20; draw++) {
          const whole = random.integer(from, from + span)
          expect(Number.isInteger(whole) && whole >= from && whole <= from + span).toBe(true)
          const normal = random.normal(0, 1, -2, 2)
          expect(normal >= -2 && normal <= 2).toBe(true)
        }
      }),
    )
  })

  it('pick by weight, and nothing of no weight', () => {
    const random = new Random('weights')
    const drawn = Array.from({ length: 1000 }, () =>
      random.weighted(['never', 'seldom', 'often'], (item) => ({ never: 0, seldom: 1, often: 9 })[item] ?? 0),
    )
    const share = drawn.filter((item) => item === 'often').length / drawn.length
    expect(drawn).not.toContain('never')
    expect(share).toBeGreaterThan(0.85)
    expect(share).toBeLessThan(0.95)
    expect(random.weighted([], () => 1)).toBeUndefined()
  })

  it('shuffle without losing anything', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat()), (seed, items) => {
        const ascending = (one: number, other: number): number => one - other
        expect(new Random(seed).shuffled(items).toSorted(ascending)).toEqual(items.toSorted(ascending))
      }),
    )
  })
})

describe('a deck', () => {
  it('deals every value exactly as often as stated, then begins anew', () => {
    const deck = new Deck(new Random('deck'), { common: 8, rare: 1 })
    for (let round = 0; round < 3; round++) {
      const dealt = Array.from({ length: 9 }, () => deck.draw())
      expect(dealt.filter((card) => card === 'rare')).toHaveLength(1)
    }
  })
})

describe('ids of generated rows', () => {
  it('are UUIDv7, carry their time and sort by it', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 2 ** 47 }), fc.integer({ min: 1, max: 1e9 }), (seed, ms, later) => {
        const random = new Random(seed)
        const [first, second] = [uuidV7(ms, random), uuidV7(ms + later, random)]
        expect(validate(first) && version(first) === 7).toBe(true)
        expect(Number.parseInt(first.replaceAll('-', '').slice(0, 12), 16)).toBe(ms)
        expect(first < second).toBe(true)
      }),
    )
  })
})
