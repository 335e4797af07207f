import { registerEnumType } from 'type-graphql'

/** How a reminder reaches the patient. */
export enum ReminderChannel {
  EMAIL = 'EMAIL',
  SMS = 'SMS',
}

registerEnumType(ReminderChannel, {
  name: 'ReminderChannel',
  description: 'How a reminder reaches the patient.',
  valuesConfig: {
    EMAIL: { description: 'By e-mail.' },
    SMS: { description: 'By text message to the phone.' },
  },
})

/** What is sent, and to whom. */
export interface ReminderMessage {
  /** Names the reminder for ever: whoever is given the same key again has had it already. */
  readonly key: string
  /** E-mail address or phone number. */
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Where whoever gets it says that they want no more; `null` where it has none. */
  readonly optOutUrl?: string | null
}

/** A way out of the house. */
export interface ReminderSender {
  /**
   * Hands a message over, and resolves when it is accepted. Called again with the same key (the process died between the two), it must do its
   * best to have the patient get one message.
   */
  send(message: ReminderMessage): Promise<void>
}
