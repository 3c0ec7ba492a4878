import type { Certificate } from './http-transport.ts'

/** What of an X.509 certificate is told; fits Node's `X509Certificate`. */
interface X509Like {
  readonly subject: string | undefined
  readonly subjectAltName: string | undefined
  readonly validToDate: { toISOString(): string }
}

const namesShown = 5

export function certificateFacts({ subject, subjectAltName, validToDate }: X509Like): Certificate {
  const names = (subjectAltName ?? '')
    .split(', ')
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? [])
  const commonName = /^CN=(.+)$/m.exec(subject ?? '')?.[1]
  return {
    name: commonName ?? names[0] ?? 'nobody',
    names: names.slice(0, namesShown),
    expiresAt: validToDate.toISOString(),
  }
}

/** Why a certificate was turned down; `code` is OpenSSL's or Node's. */
export function certificateProblem(code: string, name: string, { names, ...certificate }: Certificate): string {
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `showed a certificate for ${names.length > 0 ? names.join(', ') : certificate.name}, not for ${name}`
    case 'CERT_HAS_EXPIRED':
      return `showed a certificate of ${certificate.name} that has expired (${certificate.expiresAt})`
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `showed a certificate of ${certificate.name} that no trusted CA signed (${code}); a private CA goes into the option ca`
    default:
      return `showed a certificate of ${certificate.name} that does not verify (${code})`
  }
}
