import { randomInt } from 'node:crypto'
import { generateSecret, generateURI, verifySync } from 'otplib'

/** Seconds of a time step (RFC 6238; every authenticator app uses it). */
export const STEP_SECONDS = 30
/** Steps before and after the present one that are taken: clocks of phones differ. */
const TOLERATED_STEPS = 1
const CODE = /^\d{6}$/
/** Without letters and digits that are mistaken for each other. 12 of 30 characters are 58 bits. */
const RECOVERY_ALPHABET = 'ABCDEFGHJKMNPQRSTVWXYZ23456789'
const RECOVERY_LENGTH = 12
const RECOVERY_CODES = 10

/** A fresh secret, in base32. */
export const newTotpSecret = (): string => generateSecret()

/** What an authenticator app reads from a QR code. */
export function totpUri(issuer: string, account: string, secret: string): string {
  return generateURI({ issuer, label: account, secret })
}

/**
 * The time step a code belongs to, or `null` when it is wrong, too old, or of a step that has been used (SECURITY S13).
 * @param lastStep the step of the last code that was accepted
 */
export function stepOfCode(secret: string, code: string, now: Date, lastStep: number | null): number | null {
  const token = code.replaceAll(' ', '')
  if (!CODE.test(token)) return null
  const epoch = Math.floor(now.getTime() / 1000)
  const result = verifySync({ secret, token, epoch, epochTolerance: TOLERATED_STEPS * STEP_SECONDS })
  if (!result.valid) return null
  const step = Math.floor(epoch / STEP_SECONDS) + result.delta
  return lastStep !== null && step <= lastStep ? null : step
}

/** Ten codes for the day the phone is lost, in groups of four. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const letters = Array.from({ length: RECOVERY_LENGTH }, () => RECOVERY_ALPHABET[randomInt(RECOVERY_ALPHABET.length)])
    return letters.join('').replaceAll(/(.{4})(?!$)/g, '$1-')
  })
}

/** How a recovery code is compared: without what people add or leave out. */
export function plainRecoveryCode(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
}
