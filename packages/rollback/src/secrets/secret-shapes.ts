/** How secrets look, wherever they stand; what is kept of each for the reader is `$1`, and `$2` after it. */
const shapes: readonly (readonly [shape: RegExp, kept: string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, ''],
  // Connection strings and INI files: AccountKey=…; Password=…; aws_secret_access_key = …
  [
    /\b((?:Account|SharedAccess)Key|SharedAccessSignature|password|passwd|pwd|client_?secret|(?:aws_)?secret_?access_?key|(?:aws_)?session_?token|api_?key)(\s*=\s*)("[^"]*"|'[^']*'|[^\s;,&"']+)/gi,
    '$1$2',
  ],
  // The same as JSON, also where that was quoted again.
  [
    /(\\{0,7}["'](?:Account|SharedAccess)?(?:password|passwd|pwd|AccountKey|SharedAccessKey|connection_?string|client_?secret|secret_?access_?key|session_?token|api_?key|authorization)\\{0,7}["']\s*:\s*\\{0,7}["'])(?:[^"'\\]|\\[^"'])+/gi,
    '$1',
  ],
  // Signed URLs: Azure's SAS, a presigned request to AWS.
  [/([?&;](?:sig|X-Amz-Signature|X-Amz-Security-Token|access_token|refresh_token|client_secret)=)[^&\s"'<>]+/gi, '$1'],
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@"']*:)[^\s/@"']+(?=@)/gi, '$1'],
  [/\b((?:Bearer|Basic)\s+)[\w.~+/-]{12,}=*/gi, '$1'],
  [/\beyJ[\w-]{8,2000}\.eyJ[\w-]{8,}(?:\.[\w-]*)?/g, ''],
  // Whoever knows the URL of a webhook can post there.
  [/(https:\/\/hooks\.slack\.com\/)[^\s"'<>]+/gi, '$1'],
  [
    /(https:\/\/[\w.-]{1,200}\.(?:webhook\.office\.com|logic\.azure\.com|api\.powerplatform\.com)(?::\d+)?\/)[^\s"'<>]+/gi,
    '$1',
  ],
  [/(https:\/\/discord(?:app)?\.com\/api\/webhooks\/)[^\s"'<>]+/gi, '$1'],
  [/\bxox[abeoprs]-[\w-]{10,}/g, ''],
  [/\b(?:gh[opsru]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|npm_\w{30,}|[rs]k_live_\w{20,})/g, ''],
]

/** What stands for it. */
export const masked = '[secret]'

/** Most texts hold nothing of the kind: one look tells. */
const suspicious =
  /[=@]|eyJ|PRIVATE KEY|Bearer|Basic|hooks\.slack|webhook|logic\.azure|powerplatform|xox|gh[opsru]_|github_pat|glpat|npm_|k_live|password|passwd|pwd|key|secret|token|string|authorization/i

export function withoutShapes(text: string): string {
  if (!suspicious.test(text)) return text
  return shapes.reduce((left, [shape, kept]) => left.replace(shape, `${kept}${masked}`), text)
}

const secretName =
  /(?:^|[_.-]|[a-z])(?:password|passwd|pwd|client_?secret|api_?key|access_?key|account_?key|private_?key|connection_?string|sas_?token|session_?token|authorization)$/i
/** A digest, a version or a place: what is to be kept instead. */
const reference =
  /^(?:$|sha\d+[:-]|md5[:-]|digest:|version:|arn:aws|@Microsoft\.KeyVault\(|\{\{resolve:|https:\/\/[\w-]+\.vault\.azure\.net\/|\[secret\])/i

/** Is a property so named, with such a value, a secret? */
export const isSecretProperty = (name: string, value: unknown): boolean =>
  typeof value === 'string' && secretName.test(name) && !reference.test(value)
