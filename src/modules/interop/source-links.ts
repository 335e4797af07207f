import type { EntityManager } from '@mikro-orm/postgresql'

import type { Identifier } from './fhir-reference.js'
import { pgArray } from './pg-array.js'

/** Which row a resource became. */
export interface Link {
  readonly entityName: string
  readonly entityId: string
  readonly contentHash: string
  readonly importedAt: Date
}

/** A link to be remembered. */
export interface NewLink {
  readonly source: string
  readonly resourceType: string
  readonly externalId: string
  readonly entityName: string
  readonly entityId: string
  readonly contentHash: string
}

/** The key of a link among those of one source. */
export function linkKey(resourceType: string, externalId: string): string {
  return `${resourceType}/${externalId}`
}

interface LinkRow {
  resource_type: string
  external_id: string
  entity_name: string
  entity_id: string
  content_hash: string
  imported_at: string | Date
}

/** The links of many resources of one source, by {@link linkKey}. */
export async function findLinks(
  em: EntityManager,
  source: string,
  wanted: readonly { readonly resourceType: string; readonly externalId: string }[],
): Promise<ReadonlyMap<string, Link>> {
  if (wanted.length === 0) return new Map()
  const rows = await em.execute<LinkRow[]>(
    `select l.resource_type, l.external_id, l.entity_name, l.entity_id, l.content_hash, l.imported_at
     from source_link l join unnest(?::text[], ?::text[]) as w(t, e) on l.resource_type = w.t and l.external_id = w.e
     where l.source = ?`,
    [pgArray(wanted.map((each) => each.resourceType)), pgArray(wanted.map((each) => each.externalId)), source],
  )
  return new Map(
    rows.map((row) => [
      linkKey(row.resource_type, row.external_id),
      { entityName: row.entity_name, entityId: row.entity_id, contentHash: row.content_hash, importedAt: new Date(row.imported_at) },
    ]),
  )
}

/**
 * Remembers links, in the transaction of the rows they point to. `importedAt` is later than any change the import itself made to the row:
 * a row that was changed after it was changed by somebody else.
 */
export async function saveLinks(em: EntityManager, links: readonly NewLink[]): Promise<void> {
  if (links.length === 0) return
  await em.execute(
    `insert into source_link (source, resource_type, external_id, entity_name, entity_id, content_hash, imported_at)
     select s, t, e, n, i, h, ?::timestamptz from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::uuid[], ?::text[]) as rows(s, t, e, n, i, h)
     on conflict (source, resource_type, external_id) do update
       set entity_name = excluded.entity_name, entity_id = excluded.entity_id, content_hash = excluded.content_hash, imported_at = excluded.imported_at`,
    columns(links),
  )
}

/** The rows among these that were edited in the clinic after the import last wrote them, by id. */
export async function editedSince(em: EntityManager, table: string, links: readonly Link[]): Promise<ReadonlySet<string>> {
  if (links.length === 0) return new Set()
  const rows = await em.execute<{ id: string }[]>(
    `select r.id from ${em.getPlatform().quoteIdentifier(table)} r
     join unnest(?::uuid[], ?::timestamptz[]) as l(id, at) on l.id = r.id where r.updated_at > l.at`,
    [pgArray(links.map((link) => link.entityId)), pgArray(links.map((link) => link.importedAt))],
  )
  return new Set(rows.map((row) => row.id))
}

/**
 * Moves the links of rows past a change the import made to them through another resource (a doctor's specialty through a role), so that it is
 * not taken for an edit by somebody in the clinic.
 */
export async function touchLinks(em: EntityManager, entityName: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await em.execute('update source_link set imported_at = ?::timestamptz where entity_name = ? and entity_id = any(?::uuid[])', [
    new Date().toISOString(),
    entityName,
    pgArray(ids),
  ])
}

/** Content hash of a row that is known from references only: the resource itself, once it comes, takes the row over. */
export const REFERENCE_ONLY = 'reference'

/** Which rows numbers issued by others belong to (the link's source is the issuer), by `system|value`. */
export async function findByIdentifier(
  em: EntityManager,
  resourceType: string,
  wanted: readonly Identifier[],
): Promise<ReadonlyMap<string, { readonly entityId: string; readonly referenceOnly: boolean }>> {
  if (wanted.length === 0) return new Map()
  const rows = await em.execute<{ source: string; external_id: string; entity_id: string; content_hash: string }[]>(
    `select l.source, l.external_id, l.entity_id, l.content_hash
     from source_link l join unnest(?::text[], ?::text[]) as w(s, v) on l.source = w.s and l.external_id = w.v
     where l.resource_type = ?`,
    [pgArray(wanted.map((each) => each.system)), pgArray(wanted.map((each) => each.value)), resourceType],
  )
  return new Map(
    rows.map((row) => [
      `${row.source}|${row.external_id}`,
      { entityId: row.entity_id, referenceOnly: row.content_hash === REFERENCE_ONLY },
    ]),
  )
}

/** Remembers whose a number is. The first owner keeps it; a row known from references only gives way to nobody but itself. */
export async function saveIdentifiers(em: EntityManager, links: readonly NewLink[]): Promise<void> {
  if (links.length === 0) return
  const unique = [...new Map(links.map((link) => [`${link.source}|${linkKey(link.resourceType, link.externalId)}`, link])).values()]
  await em.execute(
    `insert into source_link (source, resource_type, external_id, entity_name, entity_id, content_hash, imported_at)
     select s, t, e, n, i, h, ?::timestamptz from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::uuid[], ?::text[]) as rows(s, t, e, n, i, h)
     on conflict (source, resource_type, external_id) do update
       set content_hash = excluded.content_hash, imported_at = excluded.imported_at where source_link.entity_id = excluded.entity_id`,
    columns(unique),
  )
}

function columns(links: readonly NewLink[]): unknown[] {
  return [
    new Date().toISOString(),
    pgArray(links.map((link) => link.source)),
    pgArray(links.map((link) => link.resourceType)),
    pgArray(links.map((link) => link.externalId)),
    pgArray(links.map((link) => link.entityName)),
    pgArray(links.map((link) => link.entityId)),
    pgArray(links.map((link) => link.contentHash)),
  ]
}
