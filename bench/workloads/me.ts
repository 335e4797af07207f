import type { Workload } from './workload.ts'

/** Who is signed in: the smallest question there is, so nearly all of it is HTTP, sign-in and GraphQL. The peers know nobody. */
export const me: Workload = {
  name: 'me',
  title: 'who is signed in; the peers: { __typename }',
  clinic: { variables: () => [{}], query: '{ me { id username displayName roles } }' },
  postgraphile: { variables: () => [{}], query: '{ __typename }' },
  bareApollo: true,
  comparable: false,
}
