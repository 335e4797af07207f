import type { SignInService } from '../modules/identity/sign-in.service.js'

/** The use cases that resolvers call; made once by the composition root. */
export interface Services {
  readonly signIn: SignInService
}
