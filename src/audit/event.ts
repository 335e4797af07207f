import { registerEnumType } from 'type-graphql'

/** What kind of thing happened (RULES S1). */
export enum AuditAction {
  READ = 'READ',
  SEARCH = 'SEARCH',
  CREATE = 'CREATE',
  UPDATE = 'UPDATE',
  DENIED = 'DENIED',
  SIGN_IN = 'SIGN_IN',
  SIGN_IN_FAILED = 'SIGN_IN_FAILED',
  SIGN_OUT = 'SIGN_OUT',
  SESSION_REVOKED = 'SESSION_REVOKED',
  TOKEN_REUSED = 'TOKEN_REUSED',
  PASSWORD_CHANGED = 'PASSWORD_CHANGED',
  PASSWORD_RESET_REQUESTED = 'PASSWORD_RESET_REQUESTED',
  PASSWORD_RESET = 'PASSWORD_RESET',
  SECOND_FACTOR_CHANGED = 'SECOND_FACTOR_CHANGED',
  ACCOUNT_LOCKED = 'ACCOUNT_LOCKED',
  ACCOUNT_UNLOCKED = 'ACCOUNT_UNLOCKED',
  RIGHTS_CHANGED = 'RIGHTS_CHANGED',
  BREAK_GLASS = 'BREAK_GLASS',
  BREAK_GLASS_REVIEWED = 'BREAK_GLASS_REVIEWED',
  EXPORT = 'EXPORT',
  IMPORT = 'IMPORT',
  MERGE = 'MERGE',
  UNMERGE = 'UNMERGE',
}

registerEnumType(AuditAction, {
  name: 'AuditAction',
  description: 'What kind of thing happened.',
  valuesConfig: {
    READ: { description: 'Patient data was read.' },
    SEARCH: { description: 'Patients were searched for.' },
    CREATE: { description: 'Something was entered.' },
    UPDATE: { description: 'Something was changed.' },
    DENIED: { description: 'Something was asked for that the role or the rows do not allow.' },
    SIGN_IN: { description: 'Somebody signed in.' },
    SIGN_IN_FAILED: { description: 'Somebody failed to sign in.' },
    SIGN_OUT: { description: 'Somebody signed out.' },
    SESSION_REVOKED: { description: 'A session was ended by its owner or an administrator.' },
    TOKEN_REUSED: { description: 'A spent refresh token was used again; its session was ended.' },
    PASSWORD_CHANGED: { description: 'A password was changed.' },
    PASSWORD_RESET_REQUESTED: { description: 'A link for a new password was sent to the owner of an account.' },
    PASSWORD_RESET: { description: 'A password was reset.' },
    SECOND_FACTOR_CHANGED: { description: 'Setting up a second factor was begun, or it was set up or removed.' },
    ACCOUNT_LOCKED: { description: 'An account was locked after too many failures.' },
    ACCOUNT_UNLOCKED: { description: 'An account was unlocked.' },
    RIGHTS_CHANGED: { description: 'Roles were given or taken, or an account was deactivated.' },
    BREAK_GLASS: { description: 'A record outside the own scope was opened in an emergency.' },
    BREAK_GLASS_REVIEWED: { description: 'Such an opening was reviewed.' },
    EXPORT: { description: 'Data were exported.' },
    IMPORT: { description: 'Data were imported.' },
    MERGE: { description: 'Two records of one patient were merged.' },
    UNMERGE: { description: 'A merge of two records was undone.' },
  },
})

/** How it ended. */
export enum AuditOutcome {
  SUCCESS = 'SUCCESS',
  DENIED = 'DENIED',
  FAILED = 'FAILED',
}

registerEnumType(AuditOutcome, {
  name: 'AuditOutcome',
  description: 'How it ended.',
  valuesConfig: {
    SUCCESS: { description: 'It was done.' },
    DENIED: { description: 'It was refused.' },
    FAILED: { description: 'It went wrong.' },
  },
})

/**
 * What one event says. Names of things only: never a password, a token, free text, or a value that could be patient data
 * (SECURITY P7). Who, when, from where and in which request is added by the trail.
 */
export interface AuditNote {
  readonly action: AuditAction
  readonly outcome?: AuditOutcome
  /** Patients concerned. */
  readonly patientIds?: readonly string[]
  /** Parts of charts that were read (types of rows), or the fields of `entity` that were changed. */
  readonly sections?: readonly string[]
  /** Entity class and id of the row that was written. */
  readonly entity?: string
  readonly entityId?: string
  /** The account concerned, when it is another than the actor's (a reset, a failed sign-in). */
  readonly subjectUserId?: string
  /** Harmless facts: role names, an end instant, a code. */
  readonly facts?: Readonly<Record<string, string | number | boolean | readonly string[]>>
}
