export type { AppServiceErrorCode } from './app-service-error.ts'
export type { AppServiceLike, BindingInput, CertificateInput, SendOptions } from './app-service-like.ts'
export {
  type AppServiceSite,
  appServiceSite,
  type AppServiceSiteOptions,
  type HostNameBinding,
  type SiteCertificate,
  type SiteFacts,
  type SiteWriteOptions,
} from './app-service-site.ts'
export { bindHost, type FormerBinding } from './bind-host.ts'
export { bindHostName, type BindHostNameOptions, type HostNameBound } from './bind-host-name.ts'
export { certificateCovers, type CertificateEvidence } from './certificate-covers.ts'
export { enableSni } from './enable-sni.ts'
export { type KeyVaultCertificate, takeCertificate } from './take-certificate.ts'
