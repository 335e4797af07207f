/** A half-open stretch of time `[start, end)`, in epoch milliseconds. */
export interface Interval {
  readonly start: number
  readonly end: number
}

/** The same time as few intervals, in order: those that overlap or touch become one. Empty ones vanish. */
export function merged(intervals: readonly Interval[]): Interval[] {
  const ordered = intervals.filter(({ start, end }) => start < end).toSorted((a, b) => a.start - b.start)
  const result: { start: number; end: number }[] = []
  for (const { start, end } of ordered) {
    const last = result.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else result.push({ start, end })
  }
  return result
}

/** What is left of an interval when others are taken away. `taken` must be merged. */
export function without({ start, end }: Interval, taken: readonly Interval[]): Interval[] {
  const left: Interval[] = []
  let from = start
  for (let index = firstEndingAfter(taken, start); index < taken.length; index += 1) {
    const next = taken[index]
    if (!next || next.start >= end) break
    if (next.start > from) left.push({ start: from, end: next.start })
    from = Math.max(from, next.end)
  }
  if (from < end) left.push({ start: from, end })
  return left
}

/** What two intervals have in common; `null` when that is nothing. */
export function common(a: Interval, b: Interval): Interval | null {
  const start = Math.max(a.start, b.start)
  const end = Math.min(a.end, b.end)
  return start < end ? { start, end } : null
}

/** Whether any of the intervals, which must be merged, has something in common with the one. */
export function overlapsAny({ start, end }: Interval, intervals: readonly Interval[]): boolean {
  const next = intervals[firstEndingAfter(intervals, start)]
  return next !== undefined && next.start < end
}

/** The place of the first interval that ends after the instant. The intervals must be in order and apart. */
export function firstEndingAfter(intervals: readonly Interval[], instant: number): number {
  let low = 0
  let high = intervals.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((intervals[middle]?.end ?? Infinity) <= instant) low = middle + 1
    else high = middle
  }
  return low
}
