/** Bounds of accounts, sessions and tokens. Each is tested at the bound and one past it. */

/** Argon2id: memory of one hash, passes over it, lanes. */
export const passwordHashKib = 64 * 1024
export const passwordHashPasses = 3
export const passwordHashLanes = 4
/** Hashes computed at a time, so that their memory is bounded: 2 × 64 MiB. */
export const passwordHashesAtOnce = 2
/** Hashes that wait; one more is refused. */
export const passwordHashesWaitingMax = 64

export const passwordCharsMin = 8
export const passwordCharsMax = 128

/** RFC 5321: the longest path is 256 octets with its angle brackets, the longest local part 64. */
export const emailCharsMax = 254
export const emailLocalCharsMax = 64

export const userNameCharsMax = 200
export const rolesMax = 16
export const roleCharsMax = 32
/** Characters kept of the client's description of itself. */
export const userAgentCharsMax = 256
/** Characters kept of the address it calls from, which a proxy may have written. */
export const addressCharsMax = 64

/** Characters of an access token; ours have about 800. */
export const accessTokenCharsMax = 4_096
/** Verified access tokens remembered. */
export const verifiedTokensMax = 10_000

/** Failures are counted within this time. */
export const loginWindowMs = 15 * 60_000
/** From so many failures on, each next attempt has to wait: 1 s, then twice as long each time. */
export const loginDelayFailures = 5
export const loginDelayMs = 1_000
/** So many failures lock the account. */
export const loginLockFailures = 10
export const loginLockMs = 3_600_000
/** Emails whose failures are remembered in memory. */
export const loginEmailsMax = 10_000
/** Attempts for one email that wait for one another; one more is refused. */
export const loginAttemptsWaitingMax = 16

/** RSA modulus of the keys that sign access tokens. */
export const signingKeyBits = 2_048
/**
 * A signing key is replaced at the first start after this time; until its tokens have expired it still
 * verifies.
 */
export const signingKeyAgeMs = 90 * 86_400_000
