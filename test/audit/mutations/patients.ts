import type { Calls, Fixture } from './fixture.js'

/** Words that stand in fields that people write in: they may be in no event. */
const WORDS = { name: 'Zebedee Quill', phone: '+49 30 7654321' }

/** The records of patients at the front desk, and their lists of problems. */
export function patientCalls(f: Fixture): Calls {
  const person = { firstName: 'Ottoline', lastName: 'Vanderbeek', birthDate: '1951-03-09', sex: 'FEMALE' }
  const contactOf = (patientId: string): Promise<any> =>
    f.made('addPatientContact', { input: { patientId, fullName: WORDS.name, phone: WORDS.phone } })
  const identifierOf = (patientId: string): Promise<any> =>
    f.made('addPatientIdentifier', { input: { patientId, type: 'PASSPORT', system: 'Utopia', value: `P-${patientId}` } })
  const consent = (patientId: string): Record<string, unknown> => ({
    input: { patientId, kind: 'RESEARCH', formVersion: '3', signer: 'PATIENT', signerName: WORDS.name },
  })
  /** A change of the patient's own row, with the answer that shows it. */
  const changed = (id: string, sections: readonly string[], facts?: Record<string, unknown>) => [
    f.updated('Patient', { id, patients: [id], sections, ...(facts && { facts }) }),
    f.read([id], 'Patient'),
  ]
  return {
    createPatient: async () => ({
      ask: () => f.call('createPatient', { input: person }),
      leaves: ({ id }) => [f.created('Patient', { id, patients: [id] }), f.read([id], 'Patient')],
    }),
    updatePatient: async () => {
      const { id } = await f.patient()
      const input = { ...(await f.lockOf('patient', id)), phone: WORDS.phone, lastName: 'Quill' }
      return { ask: () => f.call('updatePatient', { input }), leaves: changed(id, ['lastName', 'phone']) }
    },
    recordPatientDeath: async () => {
      const { id, version } = await f.patient()
      const input = { patientId: id, version, deceasedAt: '2026-01-02T03:04:00Z' }
      return { ask: () => f.call('recordPatientDeath', { input }), leaves: changed(id, ['deceasedAt']) }
    },
    undoPatientDeath: async () => {
      const { id } = await f.patient({ deceasedAt: new Date('2026-01-02T03:04:00Z') })
      const args = { patientId: id, version: await f.versionOf('patient', id) }
      return { ask: () => f.call('undoPatientDeath', args), leaves: changed(id, ['deceasedAt'], { undo: true }) }
    },
    addPatientIdentifier: async () => {
      const of = await f.patient()
      const input = { patientId: of.id, type: 'PASSPORT', system: 'Utopia', value: 'C01X00T47' }
      return {
        ask: () => f.call('addPatientIdentifier', { input }),
        leaves: ({ id }) => [
          f.created('PatientIdentifier', { id, patients: [of.id], facts: { type: 'PASSPORT' } }),
          f.read([of.id], 'PatientIdentifier'),
        ],
      }
    },
    removePatientIdentifier: async () => {
      const of = await f.patient()
      const { id } = await identifierOf(of.id)
      return {
        ask: () => f.call('removePatientIdentifier', { id }),
        leaves: [
          f.updated('PatientIdentifier', { gone: id, patients: [of.id], facts: { removed: true, type: 'PASSPORT' } }),
          f.read([of.id], 'Patient'),
        ],
      }
    },
    addPatientContact: async () => {
      const of = await f.patient()
      const input = { patientId: of.id, fullName: WORDS.name, relationship: 'Aunt', phone: WORDS.phone, guardian: true }
      return {
        ask: () => f.call('addPatientContact', { input }),
        leaves: ({ id }) => [
          f.created('PatientContact', { id, patients: [of.id], facts: { guardian: true, emergency: false } }),
          f.read([of.id], 'PatientContact'),
        ],
      }
    },
    updatePatientContact: async () => {
      const of = await f.patient()
      const { id } = await contactOf(of.id)
      const input = { ...(await f.lockOf('patient_contact', id)), fullName: 'Zebedee Quint', emergency: true }
      return {
        ask: () => f.call('updatePatientContact', { input }),
        leaves: [
          f.updated('PatientContact', { id, patients: [of.id], sections: ['fullName', 'emergency'] }),
          f.read([of.id], 'PatientContact'),
        ],
      }
    },
    removePatientContact: async () => {
      const of = await f.patient()
      const { id } = await contactOf(of.id)
      const lock = await f.lockOf('patient_contact', id)
      return {
        ask: () => f.call('removePatientContact', lock),
        leaves: [f.updated('PatientContact', { gone: id, patients: [of.id], facts: { removed: true } }), f.read([of.id], 'Patient')],
      }
    },
    recordConsent: async () => {
      const of = await f.patient()
      return {
        ask: () => f.call('recordConsent', consent(of.id)),
        leaves: ({ id }) => [
          f.created('PatientConsent', { id, patients: [of.id], facts: { kind: 'RESEARCH' } }),
          f.read([of.id], 'PatientConsent'),
        ],
      }
    },
    revokeConsent: async () => {
      const of = await f.patient()
      const { id } = await f.made('recordConsent', consent(of.id))
      const lock = await f.lockOf('patient_consent', id)
      return {
        ask: () => f.call('revokeConsent', lock),
        leaves: [
          f.updated('PatientConsent', { id, patients: [of.id], facts: { kind: 'RESEARCH', revoked: true } }),
          f.read([of.id], 'PatientConsent'),
        ],
      }
    },
    ...problemCalls(f),
    setReminderPreferences: async () => {
      const { id } = await f.patient()
      const input = { patientId: id, channels: ['EMAIL'] }
      return { ask: () => f.call('setReminderPreferences', { input }), leaves: changed(id, ['reminderPreferences']) }
    },
  }
}

/** Only doctors write them. */
function problemCalls(f: Fixture): Calls {
  const doctor = f.server.as(f.accounts.DOCTOR)
  const by = f.accounts.DOCTOR.id
  return {
    recordAllergy: async () => {
      const of = await f.patient()
      const input = { patientId: of.id, substance: 'Latex', reactions: ['Hives'], criticality: 'HIGH' }
      return {
        ask: () => f.call('recordAllergy', { input }, doctor),
        leaves: ({ id }) => [
          { ...f.created('Allergy', { id, patients: [of.id] }), by },
          { ...f.read([of.id], 'Allergy'), by },
        ],
      }
    },
    updateAllergy: async () => {
      const of = await f.patient()
      const { id } = await f.made('recordAllergy', { input: { patientId: of.id, substance: 'Latex' } }, doctor)
      const input = { ...(await f.lockOf('allergy', id)), reactions: ['Hives'], verificationStatus: 'REFUTED', reason: 'Prick test' }
      return {
        ask: () => f.call('updateAllergy', { input }, doctor),
        leaves: [
          { ...f.updated('Allergy', { id, patients: [of.id], sections: ['reactions', 'verificationStatus'] }), by },
          { ...f.read([of.id], 'Allergy'), by },
        ],
      }
    },
    recordNoKnownAllergies: async () => {
      const { id } = await f.patient()
      return {
        ask: () => f.call('recordNoKnownAllergies', { patientId: id }, doctor),
        leaves: [
          { ...f.updated('Patient', { id, patients: [id], sections: ['allergyStatus'] }), by },
          { ...f.read([id], 'Patient'), by },
        ],
      }
    },
    recordCondition: async () => {
      const of = await f.patient()
      return {
        ask: () => f.call('recordCondition', { input: { patientId: of.id, display: 'Asthma' } }, doctor),
        leaves: ({ id }) => [
          { ...f.created('Condition', { id, patients: [of.id] }), by },
          { ...f.read([of.id], 'Condition'), by },
        ],
      }
    },
    updateConditionStatus: async () => {
      const of = await f.patient()
      const { id } = await f.made('recordCondition', { input: { patientId: of.id, display: 'Asthma' } }, doctor)
      const ended = { clinicalStatus: 'RESOLVED', abatementDate: '2026-05-06', reason: 'No attack for years' }
      const input = { ...(await f.lockOf('condition', id)), ...ended }
      return {
        ask: () => f.call('updateConditionStatus', { input }, doctor),
        leaves: [
          { ...f.updated('Condition', { id, patients: [of.id], sections: ['abatementDate', 'clinicalStatus'] }), by },
          { ...f.read([of.id], 'Condition'), by },
        ],
      }
    },
  }
}
