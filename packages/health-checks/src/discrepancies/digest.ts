/** SHA-256 of a text, in hexadecimal. */
async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Values are compared by their digests, so that none comes near the evidence. */
export const sameDigest = async (one: string, other: string): Promise<boolean> =>
  (await digest(one)) === (await digest(other))
