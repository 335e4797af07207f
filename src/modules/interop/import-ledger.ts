import { PROBLEMS, type Problem, type ProblemCode, type Remark } from './import-problems.js'

/** What became of a resource. */
export type Outcome = 'created' | 'updated' | 'unchanged' | 'skipped'

/** Where a resource was read. */
export interface Origin {
  readonly file: string
  readonly resourceType: string
  readonly externalId: string
}

const nameOf = ({ resourceType, externalId }: Origin): string => `${resourceType}/${externalId}`

/** Sums of one resource type. */
export interface TypeCount {
  read: number
  created: number
  updated: number
  unchanged: number
  skipped: number
  /** Skipped ones by reason. */
  readonly reasons: Map<ProblemCode, number>
}

/**
 * The books of an import: each resource that was read has exactly one outcome, and what was skipped has a line in the report. `imbalance`
 * checks it, because a resource that is lost silently is the one failure nobody would notice (RULES X1).
 */
export class ImportLedger {
  readonly #types = new Map<string, TypeCount>()
  readonly #remarks = new Map<ProblemCode, number>()
  readonly #sink: (problem: Problem) => void
  /** Skipped ones, with their type. Only those that stand elsewhere in the same import as well need to be known later. */
  readonly #left = new Set<string>()
  #watched: ReadonlySet<string> = new Set()
  #errors = 0

  /** @param sink takes each problem as it turns up; nothing is kept in memory */
  constructor(sink: (problem: Problem) => void = () => undefined) {
    this.#sink = sink
  }

  /** Counts resources as read. */
  read(resourceType: string, by = 1): void {
    this.#of(resourceType).read += by
  }

  /** Enters the outcome of a resource that is in the clinic. */
  settle(origin: Origin, outcome: Exclude<Outcome, 'skipped'>): void {
    this.#of(origin.resourceType)[outcome]++
  }

  /** Has the books remember which of these resources (as `Type/id`) are left out: they were read more than once. */
  watch(resources: ReadonlySet<string>): void {
    this.#watched = resources
  }

  /** Enters another copy of a watched resource, once the fate of the first is known: it is as much in the clinic as that one. */
  repeat(origin: Origin): void {
    if (this.#left.has(nameOf(origin))) this.skip(origin, 'repeated')
    else this.settle(origin, 'unchanged')
  }

  /** Enters that a resource was left out, and reports it. */
  skip(origin: Origin, code: ProblemCode, field?: string): void {
    const count = this.#of(origin.resourceType)
    if (this.#watched.has(nameOf(origin))) this.#left.add(nameOf(origin))
    count.skipped++
    count.reasons.set(code, (count.reasons.get(code) ?? 0) + 1)
    this.#report(origin.file, origin.resourceType, origin.externalId, code, field)
  }

  /** Reports something about a resource that was loaded. */
  remark(origin: Origin, code: ProblemCode, field?: string): void {
    this.#remarks.set(code, (this.#remarks.get(code) ?? 0) + 1)
    this.#report(origin.file, origin.resourceType, origin.externalId, code, field)
  }

  /** {@link remark}, bound to one resource. */
  remarker(origin: Origin): Remark {
    return (code, field) => this.remark(origin, code, field)
  }

  /** Reports something about a file. */
  file(file: string, code: ProblemCode, field?: string): void {
    this.#report(file, null, null, code, field)
  }

  /** Counts by resource type, in alphabetical order. */
  counts(): readonly (readonly [string, Readonly<TypeCount>])[] {
    return [...this.#types].toSorted(([a], [b]) => (a < b ? -1 : 1))
  }

  /** Remarks on loaded resources, most frequent first. */
  remarks(): readonly (readonly [ProblemCode, number])[] {
    return [...this.#remarks].toSorted(([, a], [, b]) => b - a)
  }

  /** How many problems of severity `error` there were. */
  get errors(): number {
    return this.#errors
  }

  /** Resource types whose books do not balance: none, unless the importer itself is wrong. */
  imbalance(): readonly string[] {
    return this.counts()
      .filter(([, each]) => each.read !== each.created + each.updated + each.unchanged + each.skipped)
      .map(([type]) => type)
  }

  #of(resourceType: string): TypeCount {
    let count = this.#types.get(resourceType)
    if (count === undefined) {
      count = { read: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, reasons: new Map() }
      this.#types.set(resourceType, count)
    }
    return count
  }

  #report(file: string, resourceType: string | null, id: string | null, code: ProblemCode, field: string | undefined): void {
    const [severity, message] = PROBLEMS[code]
    if (severity === 'error') this.#errors++
    this.#sink({ file, resourceType, id, severity, code, message, ...(field === undefined ? {} : { field }) })
  }
}
