import type { Clock } from '../../clock.js'
import type { UnitOfWork } from '../../database/unit-of-work.js'
import type { RowReach } from '../../graphql/loaders/reach.js'
import { DuplicateFinder } from './duplicate-finder.js'
import { DuplicateService } from './duplicate.service.js'
import { PatientPartsService } from './patient-parts.service.js'
import { PatientService } from './patient.service.js'
import { ProblemService } from './problem.service.js'

/** The use cases of patient administration. */
export interface PatientServices {
  readonly patients: PatientService
  readonly duplicates: DuplicateService
  readonly parts: PatientPartsService
  readonly problems: ProblemService
}

/** Puts patient administration together. */
export function makePatientServices(work: UnitOfWork, reach: RowReach, clock: Clock): PatientServices {
  const finder = new DuplicateFinder(reach)
  return {
    patients: new PatientService(work, reach, finder, clock),
    duplicates: new DuplicateService(work, reach, finder),
    parts: new PatientPartsService(work, reach, clock),
    problems: new ProblemService(work, reach, clock),
  }
}
