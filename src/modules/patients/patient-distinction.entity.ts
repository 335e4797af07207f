import type { Ref } from '@mikro-orm/core'
import { Check, Entity, Index, ManyToOne, Unique } from '@mikro-orm/decorators/legacy'
import { BaseEntity } from '../../database/base.entity.js'
import { User } from '../identity/user.entity.js'
import { Patient } from './patient.entity.js'

/** Somebody has said that two records that look alike are two people, so that nobody is asked again (RULES P3). */
@Entity()
@Unique({ properties: ['patient', 'other'] })
@Check({ name: 'patient_distinction_order', expression: 'patient_id < other_id' })
export class PatientDistinction extends BaseEntity {
  /** The one with the lower id. */
  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  patient!: Ref<Patient>

  @ManyToOne(() => Patient, { ref: true, deleteRule: 'restrict' })
  @Index()
  other!: Ref<Patient>

  @ManyToOne(() => User, { ref: true, deleteRule: 'restrict' })
  @Index()
  by!: Ref<User>
}
