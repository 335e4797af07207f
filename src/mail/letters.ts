import type { Mail } from './mailer.js'

type Letter = Omit<Mail, 'to'>

/** A link to choose a new password. */
export function passwordResetLetter(clinic: string, link: string, minutes: number): Letter {
  return {
    subject: `${clinic}: choose a new password`,
    text: [
      'Hello,',
      '',
      `somebody asked for a new password for your account at ${clinic}. If it was you, open this link within ${minutes} minutes:`,
      '',
      link,
      '',
      'The link works once. If it was not you, there is nothing to do: your password stays as it is.',
      '',
    ].join('\n'),
  }
}

/** What follows a reset: whoever did not ask for it should hear of it. */
export function passwordChangedLetter(clinic: string): Letter {
  return {
    subject: `${clinic}: your password was changed`,
    text: ['Hello,', '', `the password of your account at ${clinic} was changed. If it was not you, tell the clinic at once.`, ''].join(
      '\n',
    ),
  }
}

/** An invitation to the portal. */
export function invitationLetter(clinic: string, link: string, days: number): Letter {
  return {
    subject: `${clinic}: your access to the patient portal`,
    text: [
      'Hello,',
      '',
      `${clinic} invites you to its patient portal. Open this link within ${days} days; you will be asked for your date of birth and for a password of your choice:`,
      '',
      link,
      '',
      'The link is for you alone. If you did not expect it, throw this mail away.',
      '',
    ].join('\n'),
  }
}

/** Tells an owner that a chart was opened in an emergency: not whose, nor by whom, since mail travels in the open. */
export function breakGlassLetter(clinic: string): Letter {
  return {
    subject: `${clinic}: a chart was opened in an emergency`,
    text: [
      'Hello,',
      '',
      `somebody at ${clinic} opened a chart outside of their scope in an emergency. Please sign in and review it; your notices say more.`,
      '',
    ].join('\n'),
  }
}

/** Offers a time to somebody who waits for one: when and where, and not with whom or for what, since mail travels in the open. */
export function waitlistOfferLetter(
  clinic: string,
  { when, where, until, link }: { readonly when: string; readonly where: string; readonly until: string; readonly link: string },
): Letter {
  return {
    subject: `${clinic}: a time has become free`,
    text: [
      'Hello,',
      '',
      `a time that you are waiting for has become free at ${clinic}:`,
      '',
      `${when}, ${where}`,
      '',
      `It is kept for you until ${until}. Sign in to take it or to decline it, or call us:`,
      '',
      link,
      '',
      'If you do nothing, it is offered to the next, and you stay on the list.',
      '',
    ].join('\n'),
  }
}
