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
  DNAME: 39,
  OPT: 41,
  TSIG: 250,
  ANY: 255,
} as const

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

/** `28` → `'AAAA'`; a number without a name here as `TYPE65` (RFC 3597 §5). */
export function typeName(code: number): string {
  return Object.entries(typeCode).find(([, value]) => value === code)?.[0] ?? `TYPE${code}`
}
