/** What a reminder says: when and where, and nothing of why or with whom, since it travels in the open. */
export interface ReminderFacts {
  readonly clinic: string
  readonly startsAt: Date
  /** IANA zone of the location. */
  readonly timeZone: string
  /** Its name and, where it is known, its address. */
  readonly location: string
  /** The desk's number, for calling off. */
  readonly phone: string | null
  /** The link by which they want no more reminders; `null` where there is no room for one. */
  readonly optOutUrl: string | null
}

interface Wording {
  readonly subject: (clinic: string) => string
  readonly body: (when: string, facts: ReminderFacts) => readonly string[]
  readonly optOut: string
}

const WORDINGS = {
  en: {
    subject: (clinic) => `${clinic}: your appointment`,
    body: (when, { location, phone }) => [
      `We remind you of your appointment on ${when} (${location}).`,
      phone === null ? 'If you cannot come, please tell us.' : `If you cannot come, please call us: ${phone}.`,
    ],
    optOut: 'If you want no more reminders by e-mail:',
  },
  de: {
    subject: (clinic) => `${clinic}: Ihr Termin`,
    body: (when, { location, phone }) => [
      `Wir erinnern Sie an Ihren Termin am ${when} (${location}).`,
      phone === null
        ? 'Wenn Sie nicht kommen können, sagen Sie uns bitte Bescheid.'
        : `Wenn Sie nicht kommen können, rufen Sie uns bitte an: ${phone}.`,
    ],
    optOut: 'Wenn Sie nicht mehr per E-Mail erinnert werden möchten:',
  },
  fr: {
    subject: (clinic) => `${clinic} : votre rendez-vous`,
    body: (when, { location, phone }) => [
      `Nous vous rappelons votre rendez-vous du ${when} (${location}).`,
      phone === null
        ? 'Si vous ne pouvez pas venir, merci de nous prévenir.'
        : `Si vous ne pouvez pas venir, merci de nous appeler : ${phone}.`,
    ],
    optOut: 'Si vous ne souhaitez plus de rappels par e-mail :',
  },
  es: {
    subject: (clinic) => `${clinic}: su cita`,
    body: (when, { location, phone }) => [
      `Le recordamos su cita del ${when} (${location}).`,
      phone === null ? 'Si no puede venir, avísenos, por favor.' : `Si no puede venir, llámenos, por favor: ${phone}.`,
    ],
    optOut: 'Si no desea más recordatorios por correo electrónico:',
  },
} as const satisfies Record<string, Wording>

/** Languages that reminders are written in. */
export type ReminderLanguage = keyof typeof WORDINGS
export const REMINDER_LANGUAGES = Object.keys(WORDINGS) as ReminderLanguage[]

/**
 * The first language that there are words for, of those given; else English.
 * @param wanted BCP 47 tags, the most wanted first: `de-AT` is served by `de`
 */
export function languageFor(...wanted: readonly (string | null)[]): ReminderLanguage {
  for (const tag of wanted) {
    const primary = tag?.toLowerCase().split(/[-_]/, 1)[0]
    const known = REMINDER_LANGUAGES.find((language) => language === primary)
    if (known) return known
  }
  return 'en'
}

/** Subject and text; the text alone is the text message. */
export function reminderLetter(language: ReminderLanguage, facts: ReminderFacts): { subject: string; text: string } {
  const { subject, body, optOut }: Wording = WORDINGS[language]
  const when = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short', timeZone: facts.timeZone }).format(facts.startsAt)
  const link = facts.optOutUrl === null ? [] : ['', optOut, facts.optOutUrl]
  return { subject: subject(facts.clinic), text: [...body(when, facts), facts.clinic, ...link].join('\n') }
}
