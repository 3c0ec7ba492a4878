// Test fixtures, trusted by nobody: self-signed with one key, valid from 2020 to 2120, one expired. Made with:
//
//   openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out key.pem
//   openssl req -new -key key.pem -subj /CN=api.example.com -addext subjectAltName=DNS:api.example.com -out x.csr
//   touch index.txt && echo 01 > serial
//   printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\npolicy=p\n' > ca.cnf
//   printf 'copy_extensions=copy\nunique_subject=no\n[p]\ncommonName=supplied\n' >> ca.cnf
//   openssl ca -config ca.cnf -batch -notext -selfsign -keyfile key.pem -in x.csr -md sha256 \
//     -startdate 20200101000000Z -enddate 21200101000000Z -out named.pem    # expired.pem: -enddate 20200102000000Z

export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIQ6xxlsRTQn8GfSL
3EzP8rJ+ztynpJwFWIscOb/I8eyhRANCAASOWvwYe8RXRHnfQZhjmsv61u3FaZRR
D5usqn3r9tGF6a4FF5Pb/la3nu9ZL/FK1ZbGtbFdRqRySZn3f4HZRK7O
-----END PRIVATE KEY-----
`

/** For api.example.com. */
export const named = `-----BEGIN CERTIFICATE-----
MIIBYjCCAQigAwIBAgIBATAKBggqhkjOPQQDAjAaMRgwFgYDVQQDDA9hcGkuZXhh
bXBsZS5jb20wIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBoxGDAW
BgNVBAMMD2FwaS5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
BI5a/Bh7xFdEed9BmGOay/rW7cVplFEPm6yqfev20YXprgUXk9v+Vree71kv8UrV
lsa1sV1GpHJJmfd/gdlErs6jPTA7MBoGA1UdEQQTMBGCD2FwaS5leGFtcGxlLmNv
bTAdBgNVHQ4EFgQU0Vn0nI5Gja9r0MOxMWPsmFD0EEswCgYIKoZIzj0EAwIDSAAw
RQIhAPZjpcRn5ii2bsQ5i0wQ+69/kDhOA3brAyQfJvOWsvYCAiBeIX+pes/Cjl4Y
apJJKobbVf3WG2lVW7bUnUsuVSNBaQ==
-----END CERTIFICATE-----
`

/** For *.azurewebsites.net. */
export const ofTheApp = `-----BEGIN CERTIFICATE-----
MIIBbzCCARSgAwIBAgIBAjAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBMqLmF6dXJl
d2Vic2l0ZXMubmV0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAe
MRwwGgYDVQQDDBMqLmF6dXJld2Vic2l0ZXMubmV0MFkwEwYHKoZIzj0CAQYIKoZI
zj0DAQcDQgAEjlr8GHvEV0R530GYY5rL+tbtxWmUUQ+brKp96/bRhemuBReT2/5W
t57vWS/xStWWxrWxXUakckmZ93+B2USuzqNBMD8wHgYDVR0RBBcwFYITKi5henVy
ZXdlYnNpdGVzLm5ldDAdBgNVHQ4EFgQU0Vn0nI5Gja9r0MOxMWPsmFD0EEswCgYI
KoZIzj0EAwIDSQAwRgIhAOVE+2TQofR9gu+DI+E5eG77TBs5OM6DuAcctHnNR84V
AiEAxodJxuPBeEG7eMpvQNx3XMlZIz5zoX5uZwQqF0yx4eU=
-----END CERTIFICATE-----
`

/** For api.example.com, until 2020. */
export const expired = `-----BEGIN CERTIFICATE-----
MIIBXzCCAQagAwIBAgIBAzAKBggqhkjOPQQDAjAaMRgwFgYDVQQDDA9hcGkuZXhh
bXBsZS5jb20wHhcNMjAwMTAxMDAwMDAwWhcNMjAwMTAyMDAwMDAwWjAaMRgwFgYD
VQQDDA9hcGkuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASO
WvwYe8RXRHnfQZhjmsv61u3FaZRRD5usqn3r9tGF6a4FF5Pb/la3nu9ZL/FK1ZbG
tbFdRqRySZn3f4HZRK7Ooz0wOzAaBgNVHREEEzARgg9hcGkuZXhhbXBsZS5jb20w
HQYDVR0OBBYEFNFZ9JyORo2va9DDsTFj7JhQ9BBLMAoGCCqGSM49BAMCA0cAMEQC
ICXiyrbjKkX2buOVeegXj4m9Zt/XmDwlogVuwRQzivc9AiAw41vtc+oJIv4AAI1P
glOfI7YwFlu2ngOXr6ZcV/R9Gw==
-----END CERTIFICATE-----
`
