/** The tables of a chart, as TypeORM is told of them. All columns but those that only a search reads. */
import { Column, Entity, JoinColumn, ManyToOne, OneToMany, type Relation } from 'typeorm'

import { Instant, Row, Text } from './base.ts'

@Entity('patient')
export class Patient extends Row {
  @Column('text')
  mrn!: string

  @Column({ name: 'first_name', type: 'text' })
  firstName!: string

  @Column({ name: 'last_name', type: 'text' })
  lastName!: string

  @Column({ name: 'birth_date', type: 'date' })
  birthDate!: string

  @Column('text')
  sex!: string

  @Text()
  phone!: string | null

  @Text()
  email!: string | null

  @Text('address_line')
  addressLine!: string | null

  @Text('address_city')
  addressCity!: string | null

  @Text('address_postal_code')
  addressPostalCode!: string | null

  @Text('address_country')
  addressCountry!: string | null

  @Text()
  language!: string | null

  @Instant('deceased_at')
  deceasedAt!: Date | null

  @Column({ name: 'allergy_status', type: 'text' })
  allergyStatus!: string

  @OneToMany(() => Allergy, (allergy) => allergy.patient)
  allergies!: Relation<Allergy>[]
}

@Entity('allergy')
export class Allergy extends Row {
  @Column({ name: 'patient_id', type: 'uuid' })
  patientId!: string

  @ManyToOne(() => Patient, (patient) => patient.allergies)
  @JoinColumn({ name: 'patient_id' })
  patient!: Relation<Patient>

  @Column('text')
  substance!: string

  @Text()
  category!: string | null

  @Text()
  criticality!: string | null

  @Column({ name: 'clinical_status', type: 'text' })
  clinicalStatus!: string

  @Column({ type: 'text', array: true })
  reactions!: string[]

  @Column({ name: 'onset_date', type: 'date', nullable: true })
  onsetDate!: string | null

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  recordedAt!: Date
}

@Entity('doctor')
export class Doctor extends Row {
  @Column({ name: 'full_name', type: 'text' })
  fullName!: string

  @Text()
  specialty!: string | null

  @Column('boolean')
  active!: boolean
}

@Entity('appointment')
export class Appointment extends Row {
  @Column({ name: 'patient_id', type: 'uuid' })
  patientId!: string

  @ManyToOne(() => Doctor)
  @JoinColumn({ name: 'doctor_id' })
  doctor!: Relation<Doctor>

  @Column({ name: 'starts_at', type: 'timestamptz' })
  startsAt!: Date

  @Column({ name: 'ends_at', type: 'timestamptz' })
  endsAt!: Date

  @Column('text')
  status!: string

  @Text()
  reason!: string | null
}

@Entity('medical_record')
export class MedicalRecord extends Row {
  @Column({ name: 'patient_id', type: 'uuid' })
  patientId!: string

  @Column({ name: 'appointment_id', type: 'uuid', nullable: true })
  appointmentId!: string | null

  @Column('text')
  status!: string

  @Column({ name: 'occurred_at', type: 'timestamptz' })
  occurredAt!: Date

  @Text('encounter_type')
  encounterType!: string | null

  @Text()
  findings!: string | null

  @Text()
  assessment!: string | null
}

@Entity('treatment_plan')
export class TreatmentPlan extends Row {
  @Column({ name: 'patient_id', type: 'uuid' })
  patientId!: string

  @Column('text')
  title!: string

  @Text('diagnosis_summary')
  diagnosisSummary!: string | null

  @Column('text')
  status!: string

  @OneToMany(() => Procedure, (procedure) => procedure.treatmentPlan)
  procedures!: Relation<Procedure>[]
}

@Entity('procedure')
export class Procedure extends Row {
  @ManyToOne(() => TreatmentPlan, (plan) => plan.procedures)
  @JoinColumn({ name: 'treatment_plan_id' })
  treatmentPlan!: Relation<TreatmentPlan | null>

  @Column('text')
  name!: string

  @Column('text')
  status!: string

  @Instant('performed_at')
  performedAt!: Date | null
}

export const ENTITIES = [Patient, Allergy, Doctor, Appointment, MedicalRecord, TreatmentPlan, Procedure]
