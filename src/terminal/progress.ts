import cliProgress from 'cli-progress'

/**
 * Progress for people at a terminal and for logs. Start, seed and import all use this one piece.
 *
 * On a terminal a running step shows its elapsed time and a bar moves in place. Where output goes to a file, a pipe or a journal,
 * both become plain lines, few enough to read afterwards.
 */

/** Where progress is written: `process.stderr`, or a collector in a test. */
export interface ProgressStream {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** Runs a piece of work under a label and gives back its result. Everything that takes long accepts one of these as `onStep`. */
export type StepRunner = <T>(label: string, work: () => Promise<T> | T) => Promise<T>

/** Runs the work and says nothing: the default of every `onStep`. */
export const silently: StepRunner = async (_label, work) => work()

/** The steps of a start or of a command, one after the other. */
export interface Steps {
  /** Shows `label` once the work takes over a second, and its time at the end. Needs no `this`: hand it on as `onStep: steps.run`. */
  readonly run: StepRunner
}

/** A bar for countable work. */
export interface Bar {
  increment(by?: number): void
  /** The total, once it is known or has grown. */
  setTotal(total: number): void
  /** Draws the last state and gives the line back. Calling it again does nothing. */
  stop(): void
}

/** A step under this time leaves no line. */
const WORTH_SHOWING_MS = 1000
/** How often a long step (or a bar) says that it is still alive where lines cannot be redrawn. */
const HEARTBEAT_MS = 10_000
const REDRAW_MS = 100
const CLEAR_LINE = '\r\u001B[2K'

/**
 * Makes a step display on `stream`. Steps may nest; the innermost one is shown.
 * Errors pass through unchanged after the line says that the step failed.
 */
export function createSteps(stream: ProgressStream): Steps {
  const running: object[] = []
  const live = stream.isTTY === true

  const run: StepRunner = async (label, work) => {
    const begun = performance.now()
    const self = {}
    running.push(self)
    const innermost = (): boolean => running.at(-1) === self
    const show = (): void => {
      if (!innermost()) return
      const text = `${label} … ${seconds(performance.now() - begun)}`
      stream.write(live ? CLEAR_LINE + fit(text, stream.columns) : `${text}\n`)
    }
    let timer = setTimeout(() => {
      if (live) show()
      else if (innermost()) stream.write(`${label} …\n`)
      timer = setInterval(show, live ? REDRAW_MS : HEARTBEAT_MS)
      timer.unref()
    }, WORTH_SHOWING_MS)
    timer.unref()

    let outcome = 'failed after '
    try {
      const result = await work()
      outcome = ''
      return result
    } finally {
      clearTimeout(timer)
      running.splice(running.indexOf(self), 1)
      const elapsed = performance.now() - begun
      const line = elapsed >= WORTH_SHOWING_MS ? `${label} … ${outcome}${seconds(elapsed)}\n` : ''
      if (line !== '') stream.write(live ? CLEAR_LINE + line : line)
    }
  }
  return { run }
}

/**
 * Makes a bar on `stream`: `Importing bundles ████░░░░ 42 % 420/1000 3 s left`.
 * `total` may be left unknown (`undefined`); then only the count is shown.
 */
export function createBar(total: number | undefined, label: string, stream: ProgressStream = process.stderr): Bar {
  return stream.isTTY === true ? terminalBar(total, label, stream) : plainBar(total, label, stream)
}

function terminalBar(initialTotal: number | undefined, label: string, stream: ProgressStream): Bar {
  let total = initialTotal
  let stopped = false
  const bar = new cliProgress.SingleBar({
    // The library asks for a whole WriteStream; what it uses of one, every terminal has.
    stream: stream as NodeJS.WriteStream,
    format: (options, params) => {
      if (total === undefined) return `${label} ${params.value}`
      const share = `${Math.floor(params.progress * 100)} % ${params.value}/${total}`
      const left = params.value >= total || !Number.isFinite(params.eta) ? '' : ` ${seconds(params.eta * 1000)} left`
      return `${label} ${cliProgress.Format.BarFormat(params.progress, options)} ${share}${left}`
    },
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    fps: 10,
    gracefulExit: false,
  })
  bar.start(total ?? 0, 0)
  return {
    increment: (by = 1) => bar.increment(by),
    setTotal: (value) => {
      total = value
      bar.setTotal(value)
    },
    stop: () => {
      if (stopped) return
      stopped = true
      bar.stop()
    },
  }
}

/** One line per tenth of the work, or per ten seconds when it is slow or its size unknown, and one at the end. */
function plainBar(initialTotal: number | undefined, label: string, stream: ProgressStream): Bar {
  const begun = performance.now()
  let total = initialTotal
  let done = 0
  let lastTenth = 0
  let lastLineAt = begun
  let stopped = false

  const line = (ending: string): void => {
    const share = total !== undefined && total > 0 ? ` ${Math.floor((done / total) * 100)} % (${done}/${total})` : ` ${done}`
    stream.write(`${label}${share}${ending}\n`)
    lastLineAt = performance.now()
  }
  return {
    increment: (by = 1) => {
      done += by
      const tenth = total !== undefined && total > 0 ? Math.floor((done / total) * 10) : 0
      const late = performance.now() - lastLineAt >= HEARTBEAT_MS
      if ((tenth > lastTenth && tenth < 10) || late) line('')
      lastTenth = Math.max(lastTenth, tenth)
    },
    setTotal: (value) => {
      total = value
    },
    stop: () => {
      if (stopped) return
      stopped = true
      line(`, ${seconds(performance.now() - begun)}`)
    },
  }
}

/** `1.2 s`, `2 min 05 s`. */
export function seconds(milliseconds: number): string {
  if (milliseconds < 99_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const whole = Math.round(milliseconds / 1000)
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}

/** Cuts a live line to the terminal's width: a wrapped one could not be redrawn. */
function fit(text: string, columns: number | undefined): string {
  return columns !== undefined && columns > 1 && text.length >= columns ? `${text.slice(0, columns - 2)}…` : text
}
