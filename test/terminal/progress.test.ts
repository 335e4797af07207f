import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { createBar, createSteps, seconds, type ProgressStream } from '../../src/terminal/progress.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

class Collector implements ProgressStream {
  text = ''
  constructor(
    readonly isTTY: boolean,
    readonly columns?: number,
  ) {}
  write(text: string): void {
    this.text += text
  }
}

/** Work that takes this long on the test's clock. */
const taking = (milliseconds: number) => async (): Promise<string> =>
  new Promise((resolve) => {
    setTimeout(() => resolve('result'), milliseconds)
  })

describe('steps', () => {
  test('under a second leave no trace', async () => {
    const log = new Collector(false)
    const done = createSteps(log).run('Quick', taking(900))
    await vi.advanceTimersByTimeAsync(900)
    expect(await done).toBe('result')
    expect(log.text).toBe('')
  })

  test('over a second say that they run, and how long it took', async () => {
    const log = new Collector(false)
    const done = createSteps(log).run('Migrating', taking(2500))
    await vi.advanceTimersByTimeAsync(1000)
    expect(log.text).toBe('Migrating …\n')
    await vi.advanceTimersByTimeAsync(1500)
    await done
    expect(log.text).toBe('Migrating …\nMigrating … 2.5 s\n')
  })

  test('that are very long show signs of life in a log', async () => {
    const log = new Collector(false)
    const done = createSteps(log).run('Seeding', taking(25_000))
    await vi.advanceTimersByTimeAsync(25_000)
    await done
    expect(log.text.split('\n')).toEqual(['Seeding …', 'Seeding … 11.0 s', 'Seeding … 21.0 s', 'Seeding … 25.0 s', ''])
  })

  test('that fail say so, and the error goes on', async () => {
    const log = new Collector(false)
    const done = createSteps(log).run('Starting', async () => {
      await taking(1200)()
      throw new Error('no')
    })
    const outcome = done.catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(1200)
    expect(await outcome).toEqual(new Error('no'))
    expect(log.text).toContain('Starting … failed after 1.2 s\n')
  })

  test('redraw one line on a terminal, never wider than it', async () => {
    const terminal = new Collector(true, 12)
    const done = createSteps(terminal).run('A rather long label', taking(1500))
    await vi.advanceTimersByTimeAsync(1400)
    expect(terminal.text).not.toContain('\n')
    for (const drawn of terminal.text.split('\r\u001B[2K')) expect(drawn.length).toBeLessThan(12)
    await vi.advanceTimersByTimeAsync(100)
    await done
    expect(terminal.text.endsWith('A rather long label … 1.5 s\n')).toBe(true)
  })

  test('within a step show the inner one', async () => {
    const log = new Collector(false)
    const { run } = createSteps(log)
    const done = run('Outer', async () => run('Inner', taking(1500)))
    await vi.advanceTimersByTimeAsync(1500)
    await done
    expect(log.text).toBe('Inner …\nInner … 1.5 s\nOuter … 1.5 s\n')
  })
})

describe('a bar', () => {
  test('is a line per tenth in a log', () => {
    const log = new Collector(false)
    const bar = createBar(1000, 'Patients', log)
    for (let index = 0; index < 1000; index++) bar.increment()
    bar.stop()
    bar.stop()
    const lines = log.text.trimEnd().split('\n')
    expect(lines).toHaveLength(10)
    expect(lines[0]).toBe('Patients 10 % (100/1000)')
    expect(lines.at(-1)).toBe('Patients 100 % (1000/1000), 0.0 s')
  })

  test('counts when the total is unknown, and takes it when it comes', () => {
    const log = new Collector(false)
    const bar = createBar(undefined, 'Resources', log)
    bar.increment(30)
    bar.setTotal(60)
    bar.increment(30)
    bar.stop()
    expect(log.text.trimEnd().split('\n').at(-1)).toBe('Resources 100 % (60/60), 0.0 s')
  })
})

test.each([
  [0, '0.0 s'],
  [1234, '1.2 s'],
  [125_000, '2 min 05 s'],
])('%d ms reads %s', (milliseconds, text) => {
  expect(seconds(milliseconds)).toBe(text)
})
