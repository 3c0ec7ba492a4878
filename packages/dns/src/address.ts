/** `192.0.2.1`: four numbers without leading zeros, which some readers take for octal. */
export const isIpv4 = (value: string): boolean =>
  /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.test(value) &&
  value.split('.').every((part) => Number(part) <= 255 && String(Number(part)) === part)

/** The shortest form (RFC 5952), in which a URL's host is serialised; `undefined` for what is no IPv6 address. */
export function shortIpv6(value: string): string | undefined {
  const url = `http://[${value}]/`
  return /^[0-9a-f:.]+$/i.test(value) && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined
}
