import { v7 as uuidv7 } from 'uuid'

import { CurrentMedication } from '../records/current-medication.entity.js'
import { Vital } from '../records/vital.entity.js'
import { child, children, number, type JsonObject } from './fhir-json.js'
import { referenceKey } from './fhir-reference.js'
import type { StagedResource } from './import-stage.js'
import { insert, type Change } from './import-writer.js'
import type { EncounterData } from './map-encounter.js'
import type { RecordPart, VisitState } from './visit-state.js'

/** A part of a record, with rows of its own. */
export function partOf(
  item: StagedResource,
  recordId: string,
  { vitals, medications }: Pick<RecordPart, 'vitals' | 'medications'>,
): RecordPart {
  const ids = [...vitals, ...medications].map(() => uuidv7())
  const change: Change = {
    item,
    outcome: 'created',
    entityName: vitals.length > 0 ? Vital.name : CurrentMedication.name,
    entityId: ids[0] ?? '',
    write: (em) => {
      const [...free] = ids
      for (const vital of vitals) insert(em, Vital, { id: free.shift() ?? uuidv7(), medicalRecord: recordId, ...vital })
      for (const medication of medications)
        insert(em, CurrentMedication, { id: free.shift() ?? uuidv7(), medicalRecord: recordId, ...medication })
    },
  }
  return { ...change, vitals, medications }
}

/** Diagnoses of a record in the order the encounter gives them, else as they were read; each code once, the primary one first (RULES C1). */
export function ranked(
  encounter: JsonObject,
  state: VisitState,
): readonly (VisitState['diagnoses'][number]['data'] & { readonly rank: number })[] {
  const given = new Map(
    children(encounter, 'diagnosis').map(
      (each) => [referenceKey(child(each, 'condition'), 'Condition') ?? '', number(each, 'rank') ?? Infinity] as const,
    ),
  )
  const rankOf = (item: StagedResource): number => Math.min(...item.spellings.map((key) => given.get(key) ?? Infinity))
  const order = state.diagnoses
    .map(({ item, data }) => ({ data, rank: rankOf(item) }))
    .toSorted((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank))
  const seen = new Set<string>()
  const unique = order.filter(({ data }) => {
    const key = `${data.codeSystem}|${data.code}`
    return seen.has(key) ? false : seen.add(key)
  })
  return unique.map(({ data }, index) => ({ ...data, rank: index + 1 }))
}

/** Whether the source still says what was signed. */
export function sameRecord(state: VisitState, data: EncounterData, doctorId: string | null): boolean {
  const { stored } = state
  if (stored === undefined || data.record === null) return data.record === null && state.recordId === null
  return (
    stored.occurredAt.getTime() === data.record.occurredAt.getTime() &&
    stored.encounterType === data.record.encounterType &&
    stored.subjective === data.record.subjective &&
    stored.authorId === doctorId
  )
}
