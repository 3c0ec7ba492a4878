/**
 * The one spelling of a name that the port uses: lower case, no last dot, `*` instead of `\052`.
 *
 * Route 53 lists every character but `a-z 0-9 - _ .` as a three-digit octal escape. Printable ones are decoded; a dot, a
 * backslash, a space or a byte outside ASCII stays escaped, since the plain character would name something else.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */
export function canonicalName(name: string): string {
  const decoded = name.replace(/\\([0-3][0-7]{2})/g, (escape, octal: string) => {
    const character = String.fromCharCode(Number.parseInt(octal, 8))
    return /^[!-~]$/.test(character) && character !== '.' && character !== '\\' ? character : escape
  })
  return decoded.replace(/\.$/, '').toLowerCase()
}
