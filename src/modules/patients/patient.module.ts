import { allows, checked } from '../../access/rules.js'
import type { ClinicModule } from '../../graphql/module.js'
import type { AllergyVerificationStatus } from './allergy.entity.js'
import type { ConditionVerificationStatus } from './condition.entity.js'
import { DuplicateCandidateResolver, DuplicateResolver, LikelyDuplicateResolver } from './duplicate.resolver.js'
import { PatientPartsResolver } from './patient-parts.resolver.js'
import { patientAccess, patientScopes, readsPatientNames, readsPatients } from './patient.access.js'
import { patientArguments, patientEdges, patientRoots } from './patient.loaders.js'
import { PatientResolver } from './patient.resolver.js'
import { allowedAllergyStatuses, allowedConditionStatuses, ALLERGY_VERIFICATIONS, CONDITION_VERIFICATIONS } from './problem-status.js'
import { ProblemResolver } from './problem.resolver.js'

/** Shown instead of the record number to those who see only de-identified rows. */
const WITHHELD = 'withheld'

export const patientModule: ClinicModule = {
  scopes: patientScopes,
  edges: patientEdges,
  roots: patientRoots,
  access: { ...patientAccess, Query: { ...patientAccess['Query'], patients: checked('patients', readsPatients, patientArguments) } },
  resolvers: [
    PatientResolver,
    PatientPartsResolver,
    ProblemResolver,
    DuplicateResolver,
    DuplicateCandidateResolver,
    LikelyDuplicateResolver,
  ],
  computed: {
    Allergy: {
      allowedTransitions: { from: ['clinicalStatus', 'verificationStatus'], compute: (row) => allowedAllergyStatuses(row as never) },
      allowedVerifications: {
        from: ['verificationStatus'],
        compute: (row) => ALLERGY_VERIFICATIONS[row['verificationStatus'] as AllergyVerificationStatus],
      },
    },
    Condition: {
      allowedTransitions: { from: ['clinicalStatus', 'verificationStatus'], compute: (row) => allowedConditionStatuses(row as never) },
      allowedVerifications: {
        from: ['verificationStatus'],
        compute: (row) => CONDITION_VERIFICATIONS[row['verificationStatus'] as ConditionVerificationStatus],
      },
    },
    Patient: {
      mrn: { from: ['id', 'mrn'], compute: (row, { actor }) => (allows(readsPatientNames, actor, row, 'id') ? row['mrn'] : WITHHELD) },
    },
  },
}
