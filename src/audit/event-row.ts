import type { Actor } from '../access/actor.js'
import { AuditAction, type AuditNote } from './event.js'

/** Where an event comes from. */
export interface EventOrigin {
  readonly actor: Actor
  /** Empty for commands. */
  readonly request?: { readonly requestId: string; readonly remoteAddress: string }
}

/** An event as `audit_append` takes it: names are columns of `audit_event`; what is left out is empty. */
export interface EventRow {
  readonly user_id?: string
  readonly roles?: readonly string[]
  readonly action: AuditAction
  readonly outcome?: string
  readonly patient_ids?: readonly string[]
  readonly sections?: readonly string[]
  readonly entity?: string
  readonly entity_id?: string
  readonly subject_user_id?: string
  readonly facts?: AuditNote['facts']
  readonly request_id?: string
  readonly remote_address?: string
}

/** Puts a note together with who it was and where they asked from. */
export function eventRow({ actor, request }: EventOrigin, note: AuditNote): EventRow {
  const { action, outcome, patientIds, sections, entity, entityId, facts } = note
  // Whoever has just signed in is the one who did it, though they were a stranger when they asked.
  const userId = actor.identity?.userId ?? (action === AuditAction.SIGN_IN ? note.subjectUserId : undefined)
  const subjectUserId = note.subjectUserId === userId ? undefined : note.subjectUserId
  return {
    action,
    ...(userId !== undefined && { user_id: userId }),
    ...(actor.identity && { roles: actor.identity.roles }),
    ...(outcome !== undefined && { outcome }),
    ...(patientIds !== undefined && { patient_ids: [...new Set(patientIds)] }),
    ...(sections !== undefined && { sections }),
    ...(entity !== undefined && { entity }),
    ...(entityId !== undefined && { entity_id: entityId }),
    ...(subjectUserId !== undefined && { subject_user_id: subjectUserId }),
    ...(facts !== undefined && { facts }),
    ...(request && { request_id: request.requestId, remote_address: request.remoteAddress }),
  }
}
