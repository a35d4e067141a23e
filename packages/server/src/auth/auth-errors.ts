/** Errors of accounts, sessions and tokens. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const authErrors = defineErrors('AUTH', {
  REQUIRED: {
    status: 'unauthenticated',
    message: 'sign in and send the access token as "Authorization: Bearer <token>"',
  },
  TOKEN_INVALID: { status: 'unauthenticated', message: 'the token is not valid: {problem}' },
  TOKEN_EXPIRED: { status: 'unauthenticated', message: 'the access token has expired; refresh it' },
  TOKEN_DATABASE: {
    status: 'unauthenticated',
    message:
      'the access token is for the database {issuedFor}, not for {asked}; choose it with X-DDB-Database',
  },
  SESSION_ENDED: { status: 'unauthenticated', message: 'the session has ended; sign in again' },
  CREDENTIALS_INVALID: { status: 'invalid_credentials', message: 'the email or the password is wrong' },
  REFRESH_INVALID: {
    status: 'unauthenticated',
    message: 'the refresh token is not valid or has expired; sign in again',
  },
  REFRESH_REUSED: {
    status: 'unauthenticated',
    message: 'the refresh token was used before, so that its session has been ended; sign in again',
  },
  EMAIL_INVALID: {
    status: 'invalid_argument',
    message: 'the email is not an address such as ada@example.com',
  },
  EMAIL_TAKEN: { status: 'conflict', message: 'there is an account with this email already' },
  PASSWORD_LENGTH: {
    status: 'invalid_argument',
    message: 'a password has {charsMin} to {charsMax} characters',
  },
  NAME_INVALID: { status: 'invalid_argument', message: 'a name has 1 to {charsMax} characters' },
  TOO_MANY_ATTEMPTS: {
    status: 'rate_limited',
    message: 'too many failed attempts to sign in; try again in {retry_after_secs} s',
  },
  ACCOUNT_LOCKED: {
    status: 'account_locked',
    message: 'the account is locked after too many failed attempts; try again in {retry_after_secs} s',
  },
  BUSY: {
    status: 'unavailable',
    message: 'too many passwords are being checked; try again in {retry_after_secs} s',
  },
  FORBIDDEN: { status: 'permission_denied', message: 'only an admin of the database or root may do this' },
  FORBIDDEN_FIELDS: {
    status: 'permission_denied',
    message: 'a proof of {id} shows fields of it that you may not see',
  },
  ROOT_ONLY: { status: 'permission_denied', message: 'only the root token may do this' },
  ROOT_HAS_NO_ACCOUNT: {
    status: 'invalid_argument',
    message: 'the root token is no account: it has no session and no profile',
  },
  USER_UNKNOWN: { status: 'not_found', message: 'there is no such user in this database' },
  ROLES_INVALID: {
    status: 'invalid_argument',
    message:
      'roles is a list of at most {rolesMax} names of small letters, digits, _ and -; root is not among them',
  },
  ROOT_TOKEN_UNUSABLE: {
    status: 'unavailable',
    message: 'the file {file} holds no root token: that is 16 to 512 visible ASCII characters',
  },
})
