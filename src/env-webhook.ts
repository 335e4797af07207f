interface WebhookSettings {
  readonly NODE_ENV: string
  readonly SMS_WEBHOOK_URL?: string | undefined
  readonly SMS_WEBHOOK_SECRET?: string | undefined
}

const THIS_MACHINE = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/
/** What a header may hold. */
const IN_A_HEADER = /^[\x21-\x7e]+$/

/** Text messages leave with a secret, and hold numbers of patients: in production they go by https, or do not leave the machine. */
export function webhookProblems(env: WebhookSettings): { setting: 'SMS_WEBHOOK_URL' | 'SMS_WEBHOOK_SECRET'; message: string }[] {
  const { NODE_ENV, SMS_WEBHOOK_URL: address, SMS_WEBHOOK_SECRET: secret } = env
  if (address === undefined)
    return secret === undefined ? [] : [{ setting: 'SMS_WEBHOOK_URL', message: 'is needed beside SMS_WEBHOOK_SECRET' }]
  if (secret === undefined) return [{ setting: 'SMS_WEBHOOK_SECRET', message: 'is needed beside SMS_WEBHOOK_URL' }]
  const { protocol, hostname, username, password } = new URL(address)
  return [
    ...(username !== '' || password !== '' ? [{ setting: 'SMS_WEBHOOK_URL' as const, message: 'must hold no user and no password' }] : []),
    ...(NODE_ENV === 'production' && protocol !== 'https:' && !THIS_MACHINE.test(hostname)
      ? [{ setting: 'SMS_WEBHOOK_URL' as const, message: 'must be an address of https in production, or of this machine' }]
      : []),
    ...(IN_A_HEADER.test(secret)
      ? []
      : [{ setting: 'SMS_WEBHOOK_SECRET' as const, message: 'must be letters, digits and signs without spaces' }]),
  ]
}
