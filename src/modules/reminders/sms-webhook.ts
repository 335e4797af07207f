import type { ReminderMessage, ReminderSender } from './reminder-channel.js'

/** A provider, or a program in front of one. */
export interface SmsWebhookOptions {
  readonly url: string
  /** Sent as `Authorization: Bearer`. */
  readonly secret: string
  /** Far less than a reminder's lease, so that nobody else sends it meanwhile. */
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 20_000

/** The other side did not take a message. Says its status, and nothing of its answer, which may repeat what was sent. */
export class SmsWebhookError extends Error {
  override readonly name = 'SmsWebhookError'
  readonly code: string

  constructor(status: number) {
    super(`the webhook answered ${status}`)
    this.code = `HTTP_${status}`
  }
}

/**
 * Hands text messages to a configured address: a `POST` of JSON. A message that is sent again has the same `Idempotency-Key`, by which the
 * other side must know that it has had it (`docs/decisions/0006-reminders-sent-once.md`). Whatever is not a 2xx, and no answer in time, is a
 * failure, after which the reminder is tried again.
 */
export class SmsWebhook implements ReminderSender {
  readonly #options: SmsWebhookOptions

  constructor(options: SmsWebhookOptions) {
    this.#options = options
  }

  /** @throws SmsWebhookError when the other side refuses; what `fetch` throws when there is no answer */
  async send({ key, to, text }: ReminderMessage): Promise<void> {
    const { url, secret, timeoutMs = TIMEOUT_MS } = this.#options
    const id = `reminder-${key}`
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}`, 'idempotency-key': id },
      body: JSON.stringify({ id, to, text }),
      // The secret and the number are for the address that was configured.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
    if (!response.ok) throw new SmsWebhookError(response.status)
  }
}
