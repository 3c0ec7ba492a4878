// What BIND 9.18's own clients send, as caught on the loopback; the secret is of no server.
export const secret = 'Zm9yIHRlc3RzIG9ubHksIGFuZCBpbiB0aGUgb3BlbiE='

export interface Captured {
  readonly bytes: Buffer
  readonly algorithm: 'hmac-sha256' | 'hmac-sha512'
  /** Epoch milliseconds. */
  readonly signedAt: number
}

const of = (...hex: string[]): Buffer => Buffer.from(hex.join(''), 'hex')

/** `dig +noedns +norec -y hmac-sha256:cutover-key:… api.example.com CNAME` */
export const digSha256: Captured = {
  bytes: of(
    '25cb0020000100000000000103617069076578616d706c6503636f6d00000500010b6375746f7665722d6b65790000fa00ff00000000003d',
    '0b686d61632d7368613235360000006affdbec012c002043c749d69c77b2748638eafa0d176101f974b2af171f13d24f063e144bace219',
    '25cb00000000',
  ),
  algorithm: 'hmac-sha256',
  signedAt: 1_795_152_876_000,
}

/** `dig +norec -y hmac-sha512:cutover-key:… api.example.com CNAME`, with an OPT record */
export const digSha512: Captured = {
  bytes: of(
    '39a30020000100000000000203617069076578616d706c6503636f6d000005000100002904d00000000000000b6375746f7665722d6b6579',
    '0000fa00ff00000000005d0b686d61632d7368613531320000006affdbed012c00401346da9db16593d073c4ac511d916f90750b3478d08',
    '24390ccb83923cb61af3e5b3b085b0e1595be14657993e8a8c1bbe9ca558d00077016b4dac3aa11502dfa39a300000000',
  ),
  algorithm: 'hmac-sha512',
  signedAt: 1_795_152_877_000,
}

/**
 * ```
 * prereq yxrrset api.example.com CNAME source.example.net.
 * prereq nxrrset api.example.com AAAA
 * update delete api.example.com CNAME
 * update add api.example.com 30 CNAME target.example.net.
 * ```
 * with compressed names, also in the data of the CNAME.
 */
export const nsupdateSha256: Captured = {
  bytes: of(
    'd7ac28000001000200020001076578616d706c6503636f6d000006000103617069c00c0005000100000000001406736f75726365076578',
    '616d706c65036e657400c01d001c00fe000000000000c01d000500ff000000000000c01d000500010000001e000906746172676574c034',
    '0b6375746f7665722d6b65790000fa00ff00000000003d0b686d61632d7368613235360000006affdbee012c0020222cf681abf46ffb70',
    '3c8f5b35ed7a4027684ddeaf55872e46068e08ef8672ead7ac00000000',
  ),
  algorithm: 'hmac-sha256',
  signedAt: 1_795_152_878_000,
}
