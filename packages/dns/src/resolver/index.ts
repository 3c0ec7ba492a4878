export { dnsResolver, type DnsResolverOptions } from './dns-resolver.ts'
