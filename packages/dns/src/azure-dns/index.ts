export type { ArmErrorCode } from './arm-failure.ts'
export type { AzureDnsLike, AzureDnsType, AzureRecordSet, SendOptions } from './azure-dns-like.ts'
export { azureDnsZone, type AzureDnsZoneOptions } from './azure-dns-zone.ts'
