import {
  ascending,
  connection,
  descending,
  edgesOf,
  rootConnection,
  type FilterDeclaration,
  type FilterField,
  type SqlRow,
} from '../graphql/loaders/declaration.js'
import { atLeast, equals, lessThan, refersTo } from '../graphql/loaders/filters.js'
import { Patient } from '../modules/patients/patient.entity.js'
import { AccessLogEntry } from './access-log-entry.entity.js'
import { AuditEvent, NOBODY } from './audit-event.entity.js'
import { AuditEventFilter, AuditEventOrder } from './audit.inputs.js'

/** Whose action an event is, in the words of the index over it: a key of an order is never null. */
export const actedBy = (row: Pick<SqlRow, 'column'>): string => `coalesce(${row.column('userId')}, '${NOBODY}'::uuid)`

const ofUser: FilterField = {
  ...refersTo('userId', 'userId'),
  where: (row) => `${actedBy(row)} = ${row.value(ofUserValue)}`,
}
const [ofUserValue = ''] = Object.keys(ofUser.values)

// The places are looked up first and by themselves, by the index over patients. Left to itself, PostgreSQL would walk the whole trail by
// time for a patient of whom there is little.
const ofPatient: FilterField = {
  ...refersTo('id', 'patientId'),
  where: (row) =>
    `${row.column('seq')} = any(array(select of_patient.seq from audit_event of_patient where of_patient.patient_ids @> array[${row.value(ofPatientValue)}]))`,
}
const [ofPatientValue = ''] = Object.keys(ofPatient.values)

const auditFilter: FilterDeclaration = {
  input: () => AuditEventFilter,
  fields: {
    userId: ofUser,
    subjectUserId: refersTo('subjectUserId', 'subjectUserId'),
    patientId: ofPatient,
    action: equals('action', 'text'),
    outcome: equals('outcome', 'text'),
    from: atLeast('occurredAt', 'timestamptz'),
    to: lessThan('occurredAt', 'timestamptz'),
  },
}

// The place in the chain comes last in place of the id: it is as unique, and in the index.
const chronologically = [ascending('occurredAt'), ascending('seq')]

export const auditRoots = [
  rootConnection('auditEvents', () => AuditEvent, {
    filter: auditFilter,
    orders: {
      input: AuditEventOrder,
      choices: {
        [AuditEventOrder.NEWEST]: { keys: [descending('occurredAt'), descending('seq')], reveals: null },
        [AuditEventOrder.OLDEST]: { keys: chronologically, reveals: null },
        [AuditEventOrder.USER]: { keys: [ascending(actedBy), ...chronologically], reveals: null },
        [AuditEventOrder.ACTION]: { keys: [ascending('action'), ...chronologically], reveals: null },
        [AuditEventOrder.OUTCOME]: { keys: [ascending('outcome'), ...chronologically], reveals: null },
      },
    },
    description: 'The audit trail, latest first: all of it for management, the own actions for everybody else.',
  }),
]

/** A patient, and the records that were merged into theirs (RULES P4): what was done with these was done with the person's. */
const withMergedInto = (patientId: string): string =>
  `array(select ${patientId} union all select merged.id from patient merged where merged.merged_into_id = ${patientId})`

export const auditEdges = edgesOf(() => Patient, {
  accessLog: connection(() => AccessLogEntry, {
    key: 'patientId',
    among: { property: 'patientIds', keys: withMergedInto },
    // An expression, so that PostgreSQL takes the index over patients and sorts what it finds, and does not walk the trail by time.
    order: [descending((row) => `(${row.column('occurredAt')} + interval '0')`), descending('seq')],
    description: 'Who opened or changed this record, or one that was merged into it, latest first.',
  }),
})
