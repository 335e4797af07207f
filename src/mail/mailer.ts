import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport, type SendMailOptions } from 'nodemailer'
import type { Logger } from 'pino'
import { makeDataFolder, putOnce } from '../data-folder.js'

/** A letter: plain text, and never anything about a patient's health (it travels in the open). */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Names the letter: a second one with the same key is the same letter, and has the same Message-ID. */
  readonly key?: string
  /** Where a mail program unsubscribes for its owner, in one step (RFC 8058). */
  readonly unsubscribeUrl?: string
}

/** How mail leaves. */
export interface MailerOptions {
  /** `smtp://` or `smtps://`; without one, letters are put into a folder. */
  readonly url: string | undefined
  readonly from: string
  /** The folder, when there is no server: one `.eml` file per letter. */
  readonly mailbox: string
  readonly dataDir: string
  readonly logger: Logger
}

const SMTP_TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 } as const

/** Sends letters, or keeps them in a folder so that everything can be tried without a mail server. */
export class Mailer {
  readonly #options: MailerOptions
  readonly #pending = new Set<Promise<void>>()

  constructor(options: MailerOptions) {
    this.#options = options
  }

  /** Sends, and waits until the letter is accepted or written. */
  async send({ key, unsubscribeUrl, ...mail }: Mail): Promise<void> {
    const { url, from } = this.#options
    const letter = {
      from,
      ...mail,
      ...(key !== undefined && { messageId: `<${key}@${domainOf(from)}>` }),
      ...(unsubscribeUrl !== undefined && { headers: unsubscribeHeaders(unsubscribeUrl) }),
    }
    if (url === undefined) return this.#keep(letter, key)
    await createTransport({ url, ...SMTP_TIMEOUTS }).sendMail(letter)
  }

  /** Runs work that ends in a letter after the answer has left; a failure is logged, without the address. */
  inBackground(work: () => Promise<void>): void {
    const task = new Promise<void>((resolve) => void setImmediate(resolve))
      .then(work)
      .catch((error: unknown) =>
        this.#options.logger.error({ reason: error instanceof Error ? error.name : 'unknown' }, 'a mail could not be sent'),
      )
      .finally(() => this.#pending.delete(task))
    this.#pending.add(task)
  }

  /** Waits for what is on its way. */
  async close(): Promise<void> {
    await Promise.all(this.#pending)
  }

  async #keep(letter: SendMailOptions, key: string | undefined): Promise<void> {
    const { mailbox, dataDir } = this.#options
    const { message } = await createTransport({ streamTransport: true, buffer: true, newline: 'unix' }).sendMail(letter)
    makeDataFolder(dataDir)
    await mkdir(mailbox, { recursive: true, mode: 0o700 })
    const name = `${new Date().toISOString().replaceAll(':', '-')}-${randomUUID().slice(0, 8)}`
    const temporary = join(mailbox, `.${name}`)
    await writeFile(temporary, message as Buffer, { mode: 0o600 })
    await putOnce(temporary, join(mailbox, `${key ?? name}.eml`))
  }
}

/** One step is for addresses of https alone (RFC 8058, section 3.1). The address is whole: mail programs do not put folded ones together. */
function unsubscribeHeaders(url: string): NonNullable<SendMailOptions['headers']> {
  return {
    'List-Unsubscribe': { prepared: true, value: `<${url}>` },
    ...(url.startsWith('https:') && { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
  }
}

const domainOf = (address: string): string => /@([\w.-]+)>?\s*$/.exec(address)?.[1] ?? 'clinic.invalid'
