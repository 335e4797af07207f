import type { Random } from './random.js'

/** A UUIDv7 (RFC 9562) of the given time whose random part comes from the seeded generator: the same clinic has the same ids. */
export function uuidV7(epochMilliseconds: number, random: Random): string {
  const time = hex(Math.floor(epochMilliseconds), 12)
  const head = random.uint32()
  const version = hex(0x7000 | (head & 0x0fff), 4)
  const variant = hex(0x8000 | ((head >>> 12) & 0x3fff), 4)
  const tail = random.uint32()
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${variant}-${hex(random.uint32(), 8)}${hex(tail & 0xffff, 4)}`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
