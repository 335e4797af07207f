/** Escapes what LIKE would take for a wildcard (SECURITY D7). */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (character) => `\\${character}`)
