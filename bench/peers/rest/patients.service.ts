import { Injectable, NotFoundException } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { In, type Repository } from 'typeorm'

import { Appointment, MedicalRecord, Patient, TreatmentPlan } from './entities.ts'

/** Reads what belongs to one patient, one repository call each. */
@Injectable()
export class PatientsService {
  constructor(
    @InjectRepository(Patient) private readonly patients: Repository<Patient>,
    @InjectRepository(Appointment) private readonly appointments: Repository<Appointment>,
    @InjectRepository(MedicalRecord) private readonly records: Repository<MedicalRecord>,
    @InjectRepository(TreatmentPlan) private readonly plans: Repository<TreatmentPlan>,
  ) {}

  /** The patient with their allergies. @throws NotFoundException */
  async patient(id: string): Promise<Patient> {
    const patient = await this.patients.findOne({
      where: { id },
      relations: { allergies: true },
      order: { allergies: { recordedAt: 'DESC', id: 'DESC' } },
    })
    if (patient === null) throw new NotFoundException()
    return patient
  }

  /** The latest appointments with their doctor. */
  appointmentsOf(patientId: string, limit: number): Promise<Appointment[]> {
    return this.appointments.find({
      where: { patientId },
      relations: { doctor: true },
      order: { startsAt: 'DESC', id: 'DESC' },
      take: limit,
    })
  }

  /** What was written at these appointments. */
  recordsOf(patientId: string, appointmentIds: readonly string[]): Promise<MedicalRecord[]> {
    return this.records.find({ where: { patientId, appointmentId: In(appointmentIds) }, order: { occurredAt: 'DESC', id: 'DESC' } })
  }

  /** The latest plans with their procedures. */
  plansOf(patientId: string, limit: number): Promise<TreatmentPlan[]> {
    return this.plans.find({
      where: { patientId },
      relations: { procedures: true },
      order: { createdAt: 'DESC', id: 'DESC', procedures: { createdAt: 'ASC', id: 'ASC' } },
      take: limit,
    })
  }
}
