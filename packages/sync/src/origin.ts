/** A copy says whose copy it is: `<link> <side> <version> <sha256>`, in its metadata under this name. */
const metadataName = 'cutover-origin'

export type Side = 'from' | 'to'

export interface Origin {
  readonly link: string
  /** The side that it was copied from. */
  readonly side: Side
  /** What was copied: the version at that side, and the SHA-256 of the bytes. */
  readonly version: string
  readonly sha256: string
}

/**
 * Is an object with this metadata a copy that a link made? A handler of object events leaves copies alone: what they tell was
 * handled where the object was written.
 *
 * A program that writes new bytes with the metadata of what it replaces makes its own writes look like copies; to links
 * themselves it does not, since they compare the digest too.
 */
export function isCopy(metadata: Readonly<Record<string, string>>): boolean {
  return originOf(metadata) !== undefined
}

export function originOf(metadata: Readonly<Record<string, string>>): Origin | undefined {
  const [link = '', side, version = '', sha256 = ''] = (metadata[metadataName] ?? '').split(' ')
  if (side !== 'from' && side !== 'to') return undefined
  return { link: decodeURIComponent(link), side, version: decodeURIComponent(version), sha256 }
}

export const withOrigin = (
  metadata: Readonly<Record<string, string>>,
  { link, side, version, sha256 }: Origin,
): Record<string, string> => ({
  ...metadata,
  [metadataName]: [encodeURIComponent(link), side, encodeURIComponent(version), sha256].join(' '),
})
