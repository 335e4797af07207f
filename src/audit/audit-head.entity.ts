import { Check, Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy'

const ZEROS = `'\\x${'0'.repeat(64)}'`

/** The end of the chain, and where the table's part of it begins. One row, kept by the functions of the trail. */
@Entity()
@Check({ name: 'audit_head_one_row', expression: 'id = 1' })
export class AuditHead {
  @PrimaryKey({ type: 'smallint', autoincrement: false, default: 1 })
  id!: number

  @Property({ type: 'bigint', defaultRaw: '0' })
  seq!: string

  @Property({ type: 'blob', defaultRaw: ZEROS })
  hash!: Buffer

  /** The last event that was archived to a file and deleted here. */
  @Property({ type: 'bigint', defaultRaw: '0' })
  archivedSeq!: string

  @Property({ type: 'blob', defaultRaw: ZEROS })
  archivedHash!: Buffer
}
