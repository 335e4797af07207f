import { ascending, descending, edgesOf, first, one, rootConnection, type FilterDeclaration } from '../../graphql/loaders/declaration.js'
import { atLeast, lessThan, refersTo } from '../../graphql/loaders/filters.js'
import { Patient } from '../patients/patient.entity.js'
import { BreakGlass } from './break-glass.entity.js'
import { BreakGlassFilter, BreakGlassOrder } from './break-glass.inputs.js'

const breakGlassFilter: FilterDeclaration = {
  input: () => BreakGlassFilter,
  fields: {
    patientId: refersTo('patient', 'patientId'),
    userId: refersTo('user', 'userId'),
    reviewed: {
      values: { break_glass_reviewed: { type: 'boolean', of: (reviewed: boolean) => reviewed } },
      where: (row) => `(${row.column('verdict')} is not null) = ${row.value('break_glass_reviewed')}`,
      reveals: null,
    },
    from: atLeast('startsAt', 'timestamptz'),
    to: lessThan('startsAt', 'timestamptz'),
  },
}

export const breakGlassRoots = [
  rootConnection('breakGlassUses', () => BreakGlass, {
    filter: breakGlassFilter,
    orders: {
      input: BreakGlassOrder,
      choices: {
        [BreakGlassOrder.LATEST_FIRST]: { keys: [descending('startsAt'), descending('id')], reveals: null },
        [BreakGlassOrder.EARLIEST_FIRST]: { keys: [ascending('startsAt'), ascending('id')], reveals: null },
      },
    },
    description: 'Charts that were opened in an emergency: all for those who review them, the own for those who opened them.',
  }),
]

export const breakGlassEdges = [
  ...edgesOf(() => Patient, {
    breakGlass: first(() => BreakGlass, {
      key: 'patient',
      order: [descending('endsAt'), descending('id')],
      where: (row) => `${row.column('endsAt')} > now()`,
      description: 'The emergency opening that holds at this moment, for a banner: by whom and until when. Empty when there is none.',
    }),
  }),
  ...edgesOf(() => BreakGlass, { patient: one(() => Patient, { from: 'patient', description: 'Whose chart was opened.' }) }),
]
