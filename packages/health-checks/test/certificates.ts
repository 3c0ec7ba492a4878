// Test fixtures, trusted by nobody: self-signed for api.example.test, one valid from 2020 to 2120, one expired. Made with:
//
//   openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out key.pem
//   openssl req -new -key key.pem -subj /CN=api.example.test -addext subjectAltName=DNS:api.example.test -out api.csr
//   touch index.txt && echo 01 > serial
//   printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\npolicy=p\n' > ca.cnf
//   printf 'copy_extensions=copy\nunique_subject=no\n[p]\ncommonName=supplied\n' >> ca.cnf
//   openssl ca -config ca.cnf -batch -notext -selfsign -keyfile key.pem -in api.csr -md sha256 \
//     -startdate 20200101000000Z -enddate 21200101000000Z -out valid.pem      # expired.pem: -enddate 20200102000000Z

export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgs17qqfExBLVESIFP
RQmPXJvZ3Kpur09U5fzFClfetluhRANCAARxuHYrMPqF/L/Qlk3DrnWGuOqUVSFX
Df875GueaIYDskXT0y1NJOfNzg2SU9v6cTP2PwRnkrHl7QZjaXhUuIyO
-----END PRIVATE KEY-----
`

export const valid = `-----BEGIN CERTIFICATE-----
MIIBZTCCAQugAwIBAgIBATAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBBhcGkuZXhh
bXBsZS50ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAbMRkw
FwYDVQQDDBBhcGkuZXhhbXBsZS50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAEcbh2KzD6hfy/0JZNw651hrjqlFUhVw3/O+RrnmiGA7JF09MtTSTnzc4NklPb
+nEz9j8EZ5Kx5e0GY2l4VLiMjqM+MDwwGwYDVR0RBBQwEoIQYXBpLmV4YW1wbGUu
dGVzdDAdBgNVHQ4EFgQUUiZfee4x0uoWbfuquc7Tio54ojUwCgYIKoZIzj0EAwID
SAAwRQIgLBN46Lf/dHfjtzFUviqyqb9TWQrkwzmwkTJWZ83BgRYCIQCtRV1tJKtM
MfRvm+CQ3G0/OXq8amhwDVGqzpljG2/Hug==
-----END CERTIFICATE-----
`

export const expired = `-----BEGIN CERTIFICATE-----
MIIBYzCCAQmgAwIBAgIBAjAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBBhcGkuZXhh
bXBsZS50ZXN0MB4XDTIwMDEwMTAwMDAwMFoXDTIwMDEwMjAwMDAwMFowGzEZMBcG
A1UEAwwQYXBpLmV4YW1wbGUudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
BHG4disw+oX8v9CWTcOudYa46pRVIVcN/zvka55ohgOyRdPTLU0k583ODZJT2/px
M/Y/BGeSseXtBmNpeFS4jI6jPjA8MBsGA1UdEQQUMBKCEGFwaS5leGFtcGxlLnRl
c3QwHQYDVR0OBBYEFFImX3nuMdLqFm37qrnO04qOeKI1MAoGCCqGSM49BAMCA0gA
MEUCIQDh9sNWzjzBRYtl9XQdkSVSW5ytMpPkvxK6K61an+pFLgIgTQYXQUik8p+C
Nph9kvm09YPpHDYJ/vE6W3AFmJBrdZs=
-----END CERTIFICATE-----
`
