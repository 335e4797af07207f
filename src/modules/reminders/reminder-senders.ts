import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDataFolder, putOnce } from '../../data-folder.js'
import type { Mailer } from '../../mail/mailer.js'
import type { ReminderMessage, ReminderSender } from './reminder-channel.js'

/** Sends reminders as letters. The key is the letter's Message-ID: a second one with the same is the same letter. */
export class EmailSender implements ReminderSender {
  constructor(private readonly mailer: Mailer) {}

  async send({ key, to, subject, text, optOutUrl }: ReminderMessage): Promise<void> {
    await this.mailer.send({ to, subject, text, key: `reminder-${key}`, ...(optOutUrl != null && { unsubscribeUrl: optOutUrl }) })
  }
}

/** Keeps text messages as files, one each, for a program that hands them to a telephone company. */
export class SmsFolder implements ReminderSender {
  readonly #folder: string
  readonly #dataDir: string

  constructor(dataDir: string) {
    this.#dataDir = dataDir
    this.#folder = join(dataDir, 'sms')
  }

  async send({ key, to, text }: ReminderMessage): Promise<void> {
    makeDataFolder(this.#dataDir)
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const temporary = join(this.#folder, `.${key}-${randomUUID().slice(0, 8)}`)
    await writeFile(temporary, `${to}\n\n${text}\n`, { mode: 0o600 })
    await putOnce(temporary, join(this.#folder, `reminder-${key}.txt`))
  }
}
