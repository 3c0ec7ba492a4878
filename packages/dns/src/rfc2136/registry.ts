/** Numbers from IANA's DNS registry, only those that are used here. */

/** TYPE numbers. */
export const typeCode = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  LOC: 29,
  SRV: 33,
  NAPTR: 35,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  CDS: 59,
  CDNSKEY: 60,
  SVCB: 64,
  HTTPS: 65,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  URI: 256,
  CAA: 257,
} as const

/** What a server makes of a zone's other records, and makes again with each change: signatures, and proofs that a name is not there. */
export const derivedTypes: ReadonlySet<number> = new Set([typeCode.RRSIG, typeCode.NSEC, typeCode.NSEC3])

/** CLASS numbers; `NONE` and `ANY` have their own meaning in an update (RFC 2136 §2.4, §2.5). */
export const classCode = { IN: 1, NONE: 254, ANY: 255 } as const

export const opcode = { QUERY: 0, UPDATE: 5 } as const

/** RCODE numbers of the header. */
export const rcode = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
} as const

/** The error field of a TSIG record (RFC 8945 §3). */
export const tsigError = { BADSIG: 16, BADKEY: 17, BADTIME: 18 } as const

/** `3` → `'NXDOMAIN'`; a number without a name here as `RCODE 11`. */
export function rcodeName(code: number): string {
  return Object.entries(rcode).find(([, value]) => value === code)?.[0] ?? `RCODE ${code}`
}

/** `16` → `'BADSIG'`; a number without a name here as `TSIG error 22`. */
export function tsigErrorName(code: number): string {
  return Object.entries(tsigError).find(([, value]) => value === code)?.[0] ?? `TSIG error ${code}`
}

/** `'AAAA'` → 28, `'TYPE4711'` → 4711; `undefined` for what is no type. */
export function typeNumber(name: string): number | undefined {
  if (Object.hasOwn(typeCode, name)) return typeCode[name as keyof typeof typeCode]
  const number = Number(/^TYPE(\d{1,5})$/.exec(name)?.[1] ?? Number.NaN)
  return number <= 0xffff ? number : undefined
}

/** `28` → `'AAAA'`; a number without a name here as `TYPE4711` (RFC 3597 §5). */
export function typeName(code: number): string {
  return typeNames.get(code) ?? `TYPE${code}`
}

const typeNames = new Map<number, string>(Object.entries(typeCode).map(([name, code]) => [code, name]))
