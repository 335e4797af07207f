const SHORTEST = 3
const LONGEST = 100
/** Letters and digits of any script, and the signs of mail addresses. */
const USERNAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]*$/u

/** Why a name (in the form it is compared in) is not taken; `null` when it is. */
export function usernameProblem(username: string): string | null {
  const length = Array.from(username).length
  if (length < SHORTEST || length > LONGEST) return `must have ${SHORTEST} to ${LONGEST} characters`
  return USERNAME.test(username) ? null : 'may have letters, digits and . _ @ + -, and begins with a letter or digit'
}
