import type { ClinicModule } from '../graphql/module.js'
import { accessLogScope, auditAccess, auditEventScope } from './audit.access.js'
import { auditEdges, auditRoots } from './audit.loaders.js'

/** Facts as a person reads them: `added: DOCTOR, STAFF`. */
function factLines(facts: unknown): string[] | null {
  if (typeof facts !== 'object' || facts === null) return null
  return Object.entries(facts).map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
}

/** An entry has the id of its event; a client that keeps objects by their ids needs one for each patient. */
function entryId(eventId: string, patientId: string): string {
  const mixed = BigInt(`0x${eventId.slice(24)}`) ^ BigInt(`0x${patientId.slice(24)}`)
  return eventId.slice(0, 24) + mixed.toString(16).padStart(12, '0')
}

export const auditModule: ClinicModule = {
  scopes: [auditEventScope, accessLogScope],
  edges: auditEdges,
  roots: auditRoots,
  access: auditAccess,
  computed: {
    AuditEvent: { facts: { from: ['facts'], compute: (row) => factLines(row['facts']) } },
    AccessLogEntry: {
      id: { from: ['id', 'patientId'], compute: (row) => entryId(row['id'] as string, row['patientId'] as string) },
    },
  },
}
