/** A number from 0 up to 1 that depends on nothing but these parts: FNV-1a, then the finalizer of MurmurHash3. */
export function seeded(...parts: readonly (string | number)[]): number {
  let hash = 0x81_1c_9d_c5
  for (const character of parts.join('\0')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** An identifier in the form of a UUID (version 4) that depends on nothing but these parts. */
export function seededId(...parts: readonly (string | number)[]): string {
  const digit = (at: number): string => Math.floor(seeded(...parts, at) * 16).toString(16)
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'
    .split('')
    .map((mark, at) => (mark === 'x' ? digit(at) : mark))
    .join('')
}
