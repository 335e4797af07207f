import type { Ref } from '@mikro-orm/core'
import { Entity, Index, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy'
import { v7 as uuidv7 } from 'uuid'
import { PatientMerge } from './patient-merge.entity.js'

/** One value that a merge has changed, so that undoing it gives back exactly what was there. */
@Entity()
export class PatientMergeRow {
  @PrimaryKey({ type: 'uuid' })
  id: string = uuidv7()

  @ManyToOne(() => PatientMerge, { ref: true, deleteRule: 'restrict' })
  @Index()
  merge!: Ref<PatientMerge>

  @Property({ type: 'text' })
  tableName!: string

  @Property({ type: 'uuid' })
  rowId!: string

  @Property({ type: 'text' })
  columnName!: string

  /** As PostgreSQL writes it. */
  @Property({ type: 'text', nullable: true })
  oldValue?: string | null

  /** What the merge put there: a value that was changed again since is left alone. */
  @Property({ type: 'text', nullable: true })
  newValue?: string | null
}
