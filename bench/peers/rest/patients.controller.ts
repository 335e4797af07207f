import {
  BadRequestException,
  Controller,
  DefaultValuePipe,
  Get,
  Inject,
  Injectable,
  Param,
  ParseIntPipe,
  Query,
  type PipeTransform,
} from '@nestjs/common'

import type { Appointment, MedicalRecord, Patient, TreatmentPlan } from './entities.ts'
import { PatientsService } from './patients.service.ts'

const LATEST = 10
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Nest's own pipe takes only ids whose version and variant are set; the cohort's are digests. */
@Injectable()
class ParseIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (!UUID.test(id)) throw new BadRequestException('must be a UUID')
    return id
  }
}

/** Ids separated by commas. */
@Injectable()
class ParseIdsPipe implements PipeTransform<string, string[]> {
  readonly #id = new ParseIdPipe()

  transform(text: string): string[] {
    return text.split(',').map((id) => this.#id.transform(id))
  }
}

@Controller('patients/:id')
export class PatientsController {
  constructor(@Inject(PatientsService) private readonly patients: PatientsService) {}

  @Get()
  patient(@Param('id', ParseIdPipe) id: string): Promise<Patient> {
    return this.patients.patient(id)
  }

  @Get('appointments')
  appointments(
    @Param('id', ParseIdPipe) id: string,
    @Query('limit', new DefaultValuePipe(LATEST), ParseIntPipe) limit: number,
  ): Promise<Appointment[]> {
    return this.patients.appointmentsOf(id, limit)
  }

  @Get('medical-records')
  records(@Param('id', ParseIdPipe) id: string, @Query('appointmentIds', ParseIdsPipe) appointmentIds: string[]): Promise<MedicalRecord[]> {
    return this.patients.recordsOf(id, appointmentIds)
  }

  @Get('treatment-plans')
  plans(
    @Param('id', ParseIdPipe) id: string,
    @Query('limit', new DefaultValuePipe(LATEST), ParseIntPipe) limit: number,
  ): Promise<TreatmentPlan[]> {
    return this.patients.plansOf(id, limit)
  }
}
