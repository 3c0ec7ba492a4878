/**
 * Every code of `repointEndpoint` and of its handles.
 *
 * - `DNS_OPTION_INVALID`: bad input, before anything is read or written.
 * - `DNS_ENDPOINT_NOT_FOUND`: no such function, variable, parameter or setting; none is made.
 * - `DNS_ENDPOINT_UNSUPPORTED`: what is kept there must not enter a journal (a secret, credentials in a URL, what is no address), or cannot be read whole.
 * - `DNS_ENDPOINT_FOREIGN`: neither as found nor as intended, and not overwritten.
 * - `DNS_CONFLICT`: the store had something else when it was written; nothing was.
 * - `DNS_CHANGE_REJECTED`: the store refuses the value, or could not put it into effect.
 * - `DNS_NOT_AUTHORIZED`: a permission or valid credentials are missing.
 * - `DNS_UNAVAILABLE`: throttled, busy or no answer; retryable, and a write may have happened.
 */
export type EndpointErrorCode =
  | 'DNS_OPTION_INVALID'
  | 'DNS_ENDPOINT_NOT_FOUND'
  | 'DNS_ENDPOINT_UNSUPPORTED'
  | 'DNS_ENDPOINT_FOREIGN'
  | 'DNS_CONFLICT'
  | 'DNS_CHANGE_REJECTED'
  | 'DNS_NOT_AUTHORIZED'
  | 'DNS_UNAVAILABLE'
