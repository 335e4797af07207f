import { can, open, orOwn, type AccessMap } from '../access/rules.js'
import { ofOwnPatients, rowScope } from '../access/scope.js'
import { connectionAccess, leadsTo } from '../graphql/module.js'
import { AccessLogEntry } from './access-log-entry.entity.js'
import { AuditEvent } from './audit-event.entity.js'
import { actedBy } from './audit.loaders.js'

/** The trail: management sees all of it, staff what they did themselves. */
export const auditEventScope = rowScope(() => AuditEvent, {
  all: ['audit.read'],
  restricted: [{ capability: 'audit.read-own', where: (row) => `${actedBy(row)} = ${row.actor('userId')}` }],
  audited: true,
})

/** Who opened a record: management sees it of all patients, patients of themselves. */
export const accessLogScope = rowScope(() => AccessLogEntry, {
  all: ['audit.read'],
  restricted: [{ capability: 'audit.read-my-record', where: ofOwnPatients('patientId') }],
  owner: 'patientId',
})

const readsTrail = can('audit.read', 'audit.read-own')
const readsAccessLog = orOwn(can('audit.read'), 'audit.read-my-record')

export const auditAccess: AccessMap = {
  AuditEvent: {
    id: open,
    occurredAt: open,
    userId: open,
    userName: open,
    roles: open,
    action: open,
    outcome: open,
    patientIds: open,
    sections: open,
    entity: open,
    entityId: open,
    subjectUserId: open,
    subjectUserName: open,
    facts: open,
    requestId: open,
    remoteAddress: open,
  },
  ...connectionAccess('AuditEvent', readsTrail),
  AccessLogEntry: { id: open, patientId: open, occurredAt: open, action: open, userName: open, roles: open, sections: open },
  ...connectionAccess('AccessLogEntry', readsAccessLog),
  Patient: { accessLog: leadsTo(readsAccessLog) },
  Query: { auditEvents: readsTrail },
}
