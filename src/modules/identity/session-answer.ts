import { after, DAY } from '../../clock.js'
import type { GraphQLContext } from '../../graphql/context.js'
import type { OpenSession } from './session.service.js'
import type { Session } from './session.js'
import { User } from './user.entity.js'

/** The device cookie outlives sessions: it only says that this device has been here before. */
const DEVICE_COOKIE_MS = 180 * DAY

/** Answers with a session: sets the cookies, and shows what the account may see. */
export async function answerWith(
  context: GraphQLContext,
  session: OpenSession,
  wants: { refreshToken: boolean; cookies: boolean },
): Promise<Session> {
  const { cookies } = context.request
  const { actor, accessToken, accessTokenExpiresAt, refreshToken, csrfToken, expiresAt, deviceId } = session
  if (wants.cookies && cookies) {
    cookies.set('access', accessToken, accessTokenExpiresAt)
    cookies.set('refresh', refreshToken, expiresAt)
    cookies.set('csrf', csrfToken, expiresAt)
    if (deviceId !== undefined) cookies.set('device', deviceId, after(accessTokenExpiresAt, DEVICE_COOKIE_MS))
  }
  context.become(actor)
  const viewer = await context.loaders.one(User, User, actor.identity?.userId)
  return { accessToken, accessTokenExpiresAt, refreshToken: wants.refreshToken ? refreshToken : null, csrfToken, viewer }
}

/** Takes the cookies of a session back; the device stays known. */
export function forgetCookies({ request: { cookies } }: GraphQLContext): void {
  for (const name of ['access', 'refresh', 'csrf'] as const) cookies?.clear(name)
}
