import type { UnitOfWork, WriteContext } from '../../database/unit-of-work.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { MERGE_COLUMNS, PatientMergeField } from './merge-fields.js'
import type { MergeDifference, PatientMergePreview } from './merge.results.js'
import { openPair } from './open-pair.js'
import { bothHaveAccounts, countMoves, overlapsOf, type Pair } from './merge-work.js'

/** Says what a merge would do, without doing it (RULES P4). */
export class MergePreviewService {
  readonly #work: UnitOfWork
  readonly #reach: RowReach

  constructor(work: UnitOfWork, reach: RowReach) {
    this.#work = work
    this.#reach = reach
  }

  /** @throws ClinicError `CONFLICT` when one of the two was merged already */
  async of(context: WriteContext, pair: Pair): Promise<PatientMergePreview> {
    return this.#work.run(context, async ({ em }) => {
      const { winner, loser } = await openPair(em, this.#reach, context, pair)
      const ids = { winnerId: winner.id, loserId: loser.id }
      const kinds = new Map([...em.getMetadata().getAll().values()].map((meta) => [meta.tableName, meta.className]))
      const moves = new Map<string, number>()
      for (const { table, count } of await countMoves(em, ids)) {
        const kind = kinds.get(table) ?? table
        moves.set(kind, (moves.get(kind) ?? 0) + count)
      }
      const columns = [...new Set(Object.values(MERGE_COLUMNS).flat())]
      const rows = await em.execute<Record<string, string | null>[]>(
        `select id, ${columns.map((column) => `${column}::text`).join(', ')} from patient where id in (?, ?)`,
        [winner.id, loser.id],
      )
      return {
        ...ids,
        moves: [...moves].map(([kind, count]) => ({ kind, count })).toSorted((a, b) => (a.kind < b.kind ? -1 : 1)),
        differences: differencesOf(
          rows.find((row) => row['id'] === winner.id),
          rows.find((row) => row['id'] === loser.id),
        ),
        overlaps: await overlapsOf(em, ids),
        bothHaveAccounts: await bothHaveAccounts(em, ids),
      }
    })
  }
}

type Values = Readonly<Record<string, string | null>> | undefined

function differencesOf(winner: Values, loser: Values): MergeDifference[] {
  const valueOf = (row: Values, field: PatientMergeField): string | null =>
    MERGE_COLUMNS[field]
      .map((column) => row?.[column])
      .filter(Boolean)
      .join(', ') || null
  return Object.values(PatientMergeField)
    .map((field) => ({ field, winnerValue: valueOf(winner, field), loserValue: valueOf(loser, field) }))
    .filter(({ winnerValue, loserValue }) => winnerValue !== loserValue)
}
