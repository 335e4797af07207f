import { PrimaryKeyProp } from '@mikro-orm/core'
import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy'

/**
 * Remembers which row an imported resource became, so that importing it again finds it (RULES X1).
 * `source` is the sender's namespace (for FHIR: `fhir`, with the resource's own id, or the identifier system for practitioners).
 */
@Entity()
@Index({ properties: ['entityName', 'entityId'] })
export class SourceLink {
  [PrimaryKeyProp]?: ['source', 'resourceType', 'externalId']

  @PrimaryKey({ type: 'text' })
  source!: string

  @PrimaryKey({ type: 'text' })
  resourceType!: string

  @PrimaryKey({ type: 'text' })
  externalId!: string

  /** Entity class of the row, for instance `Patient`. */
  @Property({ type: 'text' })
  entityName!: string

  @Property({ type: 'uuid' })
  entityId!: string

  /** SHA-256 of what was read, in hexadecimal; equal means there is nothing to do. */
  @Property({ type: 'text' })
  contentHash!: string

  @Property({ type: 'datetime', length: 3, defaultRaw: 'now()' })
  importedAt: Date = new Date()
}
