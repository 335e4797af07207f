import type { EntityManager } from '@mikro-orm/postgresql'

import { MedicalRecord, RecordStatus } from '../records/medical-record.entity.js'
import type { StagedResource } from './import-stage.js'
import type { Change } from './import-writer.js'
import type { Visit } from './map-context.js'
import type { DiagnosisData } from './map-condition.js'
import type { CurrentMedicationData } from './map-medication-statement.js'
import type { VitalData } from './map-observation.js'
import { pgArray } from './pg-array.js'
import type { Link } from './source-links.js'

/** A vital sign or medicine that is stored inside of a medical record. */
export interface RecordPart extends Change {
  readonly vitals: readonly VitalData[]
  readonly medications: readonly CurrentMedicationData[]
}

/** A visit during the import of its patient. */
export interface VisitState extends Visit {
  /** `new`: its record is being put together; `draft`: loaded earlier and unsigned; `closed`: signed, or without a record. */
  readonly record: 'new' | 'draft' | 'closed'
  /** Contents of a new record. */
  readonly parts: RecordPart[]
  readonly diagnoses: { readonly item: StagedResource; readonly data: DiagnosisData }[]
  /** What the clinic holds, of a visit that was loaded earlier. */
  readonly stored: StoredVisit | undefined
}

/** A visit as the database has it. */
export interface StoredVisit {
  readonly authorId: string | null
  readonly occurredAt: Date
  readonly encounterType: string | null
  readonly subjective: string | null
  readonly appointmentId: string | null
}

interface Row {
  link_id: string
  record_id: string | null
  status: string | null
  author_id: string | null
  occurred_at: string
  encounter_type: string | null
  subjective: string | null
  appointment_id: string | null
  ends_at: string
  doctor_id: string | null
}

/** Visits that were loaded earlier, by the id of the row their resource is linked to. */
export async function storedVisits(em: EntityManager, links: readonly Link[]): Promise<ReadonlyMap<string, VisitState>> {
  if (links.length === 0) return new Map()
  const idsOf = (entityName: string): string[] => links.filter((link) => link.entityName === entityName).map((link) => link.entityId)
  const rows = await em.execute<Row[]>(
    `select m.id as link_id, m.id as record_id, m.status, m.author_id, m.occurred_at, m.encounter_type, m.subjective, m.appointment_id,
            coalesce(a.ends_at, m.signed_at, m.occurred_at) as ends_at, coalesce(m.author_id, a.doctor_id) as doctor_id
     from medical_record m left join appointment a on a.id = m.appointment_id where m.id = any(?::uuid[])
     union all
     select a.id, null, null, a.doctor_id, a.starts_at, null, null, a.id, a.ends_at, a.doctor_id
     from appointment a where a.id = any(?::uuid[])`,
    [pgArray(idsOf(MedicalRecord.name)), pgArray(idsOf('Appointment'))],
  )
  return new Map(
    rows.map((row) => [
      row.link_id,
      {
        recordId: row.record_id,
        appointmentId: row.appointment_id,
        doctorId: row.doctor_id,
        startsAt: new Date(row.occurred_at),
        endsAt: new Date(row.ends_at),
        record: row.status === RecordStatus.DRAFT ? 'draft' : 'closed',
        parts: [],
        diagnoses: [],
        stored: {
          authorId: row.author_id,
          occurredAt: new Date(row.occurred_at),
          encounterType: row.encounter_type,
          subjective: row.subjective,
          appointmentId: row.appointment_id,
        },
      },
    ]),
  )
}
