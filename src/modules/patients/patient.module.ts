import { allows, checked } from '../../access/rules.js'
import type { ClinicModule } from '../../graphql/module.js'
import { patientAccess, patientScopes, readsPatientNames, readsPatients } from './patient.access.js'
import { patientArguments, patientEdges, patientRoots } from './patient.loaders.js'

/** Shown instead of the record number to those who see only de-identified rows. */
const WITHHELD = 'withheld'

export const patientModule: ClinicModule = {
  scopes: patientScopes,
  edges: patientEdges,
  roots: patientRoots,
  access: { ...patientAccess, Query: { ...patientAccess['Query'], patients: checked('patients', readsPatients, patientArguments) } },
  computed: {
    Patient: {
      mrn: { from: ['id', 'mrn'], compute: (row, { actor }) => (allows(readsPatientNames, actor, row, 'id') ? row['mrn'] : WITHHELD) },
    },
  },
}
