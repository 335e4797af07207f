import type { ClinicModule } from '../graphql/module.js'
import { accessLogScope, auditAccess, auditEventScope } from './audit.access.js'
import { auditEdges, auditRoots } from './audit.loaders.js'

/** Facts as a person reads them: `added: DOCTOR, STAFF`. */
function factLines(facts: unknown): string[] | null {
  if (typeof facts !== 'object' || facts === null) return null
  return Object.entries(facts).map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
}

export const auditModule: ClinicModule = {
  scopes: [auditEventScope, accessLogScope],
  edges: auditEdges,
  roots: auditRoots,
  access: auditAccess,
  computed: { AuditEvent: { facts: { from: ['facts'], compute: (row) => factLines(row['facts']) } } },
}
