/**
 * The operations that the IDEs and the start-up text show. They use names of the contract only, so they stay valid as the schema grows.
 */

/** Signs in and gives the token for `Authorization: Bearer`. */
export const LOGIN_MUTATION = `mutation Login($username: String!, $password: String!) {
  login(input: { username: $username, password: $password }) {
    accessToken
    accessTokenExpiresAt
    viewer { displayName roles }
  }
}
`

/** Everything below a patient in one request. */
const CHART = `fragment Chart on Patient {
  id
  mrn
  firstName
  lastName
  birthDate
  sex
  phone
  email
  allergies { substance criticality reactions recordedAt }
  conditions { code display clinicalStatus onsetDate }
  appointments(first: 10) {
    totalCount
    edges {
      node {
        id
        startsAt
        endsAt
        status
        reason
        doctor { fullName specialty }
        procedures { name status }
      }
    }
  }
  medicalRecords(first: 5) {
    edges {
      node {
        id
        status
        findings
        createdAt
        author { fullName }
        diagnoses { code display }
        vitals { display value unit }
        currentMedications { name dosage }
      }
    }
  }
  treatmentPlans(first: 5) {
    edges {
      node {
        id
        status
        diagnosisSummary
        doctor { fullName }
        procedures { name status performedAt }
      }
    }
  }
  prescriptions(first: 5) {
    edges {
      node {
        id
        createdAt
        prescriber { fullName }
        items { medicationName frequency }
      }
    }
  }
}
`

/** The charts of the first patients; what the IDEs open with. */
export const CHART_QUERY = `# The whole chart of a patient in one request. Sign in first; then run it.
query Charts($patients: Int = 1) {
  patients(first: $patients) {
    edges {
      node {
        ...Chart
      }
    }
  }
}

${CHART}`

/** The chart of one patient, by id. */
export const CHART_BY_ID_QUERY = `query Chart($id: ID!) {
  patient(id: $id) {
    ...Chart
  }
}

${CHART}`
