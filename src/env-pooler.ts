type Name = 'DATABASE_URL' | 'DATABASE_READ_URL' | 'DATABASE_OWNER_URL'
type Urls = Readonly<Partial<Record<Name, string | undefined>>>

const NEEDED: readonly Name[] = ['DATABASE_URL', 'DATABASE_READ_URL', 'DATABASE_OWNER_URL']

/**
 * What a pooler in transaction mode needs of the connections: sessions there begin with the settings of their login, so reads, writes and
 * the owner cannot share one; and the owner migrates under a lock of its session, which only a connection of its own can hold.
 */
export function poolerProblems(urls: Urls): { setting: Name; message: string }[] {
  const missing = NEEDED.filter((name) => urls[name] === undefined)
  if (missing.length > 0) return missing.map((setting) => ({ setting, message: 'is needed with DATABASE_POOLER=transaction' }))

  const [writes, reads, owner] = NEEDED.map((name) => new URL(urls[name] ?? ''))
  if (writes === undefined || reads === undefined || owner === undefined) return []
  const problems: { setting: Name; message: string }[] = []
  for (const [name, { username }] of [
    ['DATABASE_URL', writes],
    ['DATABASE_READ_URL', reads],
    ['DATABASE_OWNER_URL', owner],
  ] as const)
    if (username === '') problems.push({ setting: name, message: 'must name its login with DATABASE_POOLER=transaction' })
  if (reads.username === writes.username)
    problems.push({ setting: 'DATABASE_READ_URL', message: 'must have another login than DATABASE_URL with DATABASE_POOLER=transaction' })
  if (owner.username === writes.username || owner.username === reads.username)
    problems.push({ setting: 'DATABASE_OWNER_URL', message: 'must have a login of its own with DATABASE_POOLER=transaction' })
  if (owner.host === writes.host || owner.host === reads.host)
    problems.push({ setting: 'DATABASE_OWNER_URL', message: 'must lead to PostgreSQL itself, not to the pooler' })
  return problems
}
