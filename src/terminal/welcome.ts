import type { Env } from '../env.js'
import { linkTo } from '../modules/identity/one-time-links.js'
import { OneTimePurpose } from '../modules/identity/one-time-token.entity.js'
import { DEMO_PASSWORD, DEMO_USERNAMES } from '../modules/demo/accounts.js'

/** The document of the printed `curl`: short enough to paste, nested enough to be a chart. */
const QUERY =
  '{ me { displayName patient { mrn firstName lastName birthDate allergies { substance criticality } conditions { display clinicalStatus }' +
  ' appointments(first: 3) { totalCount edges { node { startsAt status doctor { fullName specialty } medicalRecords { diagnoses { code display } vitals { display value unit } } } } }' +
  ' treatmentPlans { edges { node { title status procedures { name status } } } } prescriptions(first: 2) { edges { node { items { medicationName frequency } } } } } } }'

/**
 * What is printed when the server is up: where it is, who can sign in, and a request to paste.
 * @param demo whether the demo accounts are there
 */
export function welcome(url: string, env: Env, demo: boolean): string {
  const lines = [
    '',
    `  GraphQL         ${url}/graphql`,
    `  Apollo Sandbox  ${url}/graphql   in a browser, with internet`,
    `  GraphiQL        ${url}/ide       in a browser, without internet`,
    `  Data            ${env.DATABASE_URL === undefined ? env.CLINIC_DATA_DIR : 'the server of DATABASE_URL'}`,
    '',
  ]
  if (demo) {
    const names = Object.values(DEMO_USERNAMES)
    lines.push(
      `  Demo log-ins    ${names.join(', ')}`,
      `  Password        ${DEMO_PASSWORD}   (for all of them)`,
      '',
      '  A nested chart, to paste into another terminal:',
      '',
      chartCommand(url),
      '',
    )
  }
  lines.push('  Ctrl-C stops the server.', '')
  return `${lines.join('\n')}\n`
}

/**
 * What is printed when nobody can sign in yet: a link for the first owner, which works once and for a day.
 * @param base address of the page that takes it
 */
export function setUpNotice(base: string, token: string): string {
  return [
    '',
    '  Nobody has an account yet. Open this link within a day to become the owner; it works once:',
    '',
    `  ${linkTo(base, OneTimePurpose.SET_UP, token)}`,
    '',
    '  Or, in a terminal: npm run clinic -- create-owner --username NAME',
    '',
    '',
  ].join('\n')
}

/** Signs in as the demo patient and reads their chart, with nothing but a shell, curl and sed. */
export function chartCommand(url: string): string {
  const body = (query: string): string => JSON.stringify({ query }).replaceAll("'", "'\\''")
  const login = body(`mutation { login(input: { username: "${DEMO_USERNAMES.PATIENT}", password: "${DEMO_PASSWORD}" }) { accessToken } }`)
  const json = `-H 'content-type: application/json'`
  return [
    `TOKEN=$(curl -s ${url}/graphql ${json} -d '${login}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')`,
    `curl -s ${url}/graphql ${json} -H "authorization: Bearer $TOKEN" -d '${body(QUERY)}'`,
  ].join('\n')
}
