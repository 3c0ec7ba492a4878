/**
 * Blob Storage wants metadata names to be C# identifiers, S3 takes what HTTP takes: `content-kind` is written `content_2dkind`,
 * so that nothing is dropped and all comes back.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
 */
export function blobMetadataName(name: string): string {
  const escaped = name
    .toLowerCase()
    // An underscore is escaped only where it would be read as the beginning of an escape.
    .replace(/_(?=[0-9a-f]{2})|[^a-z0-9_]/g, (character) => `_${hex(character)}`)
  return /^[0-9]/.test(escaped) ? `_${hex(escaped.charAt(0))}${escaped.slice(1)}` : escaped
}

/** What `blobMetadataName` was given; a name that it has not written is what it is. */
export function metadataName(blobName: string): string {
  const lower = blobName.toLowerCase()
  const name = lower.replace(/_([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return blobMetadataName(name) === lower ? name : lower
}

const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(2, '0')
