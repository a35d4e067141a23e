/**
 * Headers that tell a browser not to make more of an answer than the data it is: no guessing of types, no
 * frames, no scripts, no caches.
 */

export const securityHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
}

/** Two years; only over HTTPS, where alone a browser heeds it (RFC 6797, 8.1). */
export const strictTransportHeader = 'max-age=63072000'
