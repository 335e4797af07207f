import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../../src/clock.js'
import { estimatedWaitMinutes, LEAST_TURNS, median, type WaitFacts } from '../../../src/modules/queue/wait-estimate.js'

const turns = fc.array(fc.integer({ min: 0, max: 600 * MINUTE }), { minLength: LEAST_TURNS, maxLength: 20 })
const facts: fc.Arbitrary<WaitFacts> = fc.record({
  ahead: fc.nat({ max: 200 }),
  busy: fc.nat({ max: 20 }),
  open: fc.integer({ min: 1, max: 20 }),
  recentTurns: turns,
})

describe('the waiting time (RULES A11)', () => {
  it.each([
    ['nobody ahead and nobody inside: no wait', { ahead: 0, busy: 0, open: 1 }, 0],
    ['somebody inside: half a turn', { ahead: 0, busy: 1, open: 1 }, 5],
    ['two ahead, one inside', { ahead: 2, busy: 1, open: 1 }, 25],
    ['two who call share the work', { ahead: 4, busy: 2, open: 2 }, 25],
  ])('%s', (_name, given, minutes) => {
    const recentTurns = [10, 10, 10].map((each) => each * MINUTE)
    expect(estimatedWaitMinutes({ ...given, recentTurns })).toBe(minutes)
  })

  it('one visit of five hours says nothing about the next', () => {
    const recentTurns = [9, 10, 11, 300].map((each) => each * MINUTE)
    expect(estimatedWaitMinutes({ ahead: 2, busy: 0, open: 1, recentTurns })).toBe(21)
  })

  it('is not said when too little is known', () => {
    const recentTurns = [10 * MINUTE, 10 * MINUTE]
    expect(estimatedWaitMinutes({ ahead: 1, busy: 0, open: 1, recentTurns })).toBeNull()
    expect(estimatedWaitMinutes({ ahead: 1, busy: 0, open: 0, recentTurns: [1, 1, 1] })).toBeNull()
  })

  it('grows with who is ahead or inside, and shrinks with who calls', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const wait = estimatedWaitMinutes(given) ?? Number.NaN
        expect(wait).toBeGreaterThanOrEqual(0)
        expect(estimatedWaitMinutes({ ...given, ahead: given.ahead + 1 })).toBeGreaterThanOrEqual(wait)
        expect(estimatedWaitMinutes({ ...given, busy: given.busy + 1 })).toBeGreaterThanOrEqual(wait)
        expect(estimatedWaitMinutes({ ...given, open: given.open + 1 })).toBeLessThanOrEqual(wait)
      }),
    )
  })

  it('has a median with as many turns above as below, in whatever order they come', () => {
    fc.assert(
      fc.property(turns, (values) => {
        const middle = median(values) ?? Number.NaN
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2)
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2)
        expect(median(values.toReversed())).toBe(middle)
      }),
    )
    expect(median([])).toBeNull()
  })
})
