/**
 * Operating errors: one class, codes declared in a table per layer, one map from status to each door's own
 * signal.
 * Why: a caller acts on a stable code, never on a text; a door adds no rules of its own.
 * Invariant: a code, once released, keeps its meaning. Messages may change.
 * Messages carry no secret. An error that is not a `DbError` is a bug and leaves the process only as a
 * neutral text.
 */

import { limits } from './limits.ts'

export type ErrorStatus =
  | 'bad_request'
  | 'invalid_argument'
  | 'invalid_query'
  | 'type_mismatch'
  | 'query_too_complex'
  | 'resource_exceeded'
  | 'unauthenticated'
  | 'invalid_credentials'
  | 'permission_denied'
  | 'not_found'
  | 'conflict'
  | 'schema_conflict'
  | 'payload_too_large'
  | 'unsupported_type'
  | 'validation_failed'
  | 'rate_limited'
  | 'account_locked'
  | 'internal'
  | 'corrupt'
  | 'unavailable'
  | 'timeout'
  | 'cancelled'

export interface ErrorSignals {
  /** HTTP status. */
  readonly http: number
  /** First word of a RESP error reply. */
  readonly resp: string
  /** JSON-RPC error code of an MCP answer; -32000 to -32099 are the server's own. */
  readonly mcp: number
  /** Exit code of `ddb`, after sysexits(3) where it has a word for it. */
  readonly exit: number
}

export const errorStatusTable: Readonly<Record<ErrorStatus, ErrorSignals>> = {
  bad_request: { http: 400, resp: 'ERR', mcp: -32600, exit: 65 },
  invalid_argument: { http: 400, resp: 'ERR', mcp: -32602, exit: 64 },
  invalid_query: { http: 400, resp: 'ERR', mcp: -32602, exit: 65 },
  type_mismatch: { http: 400, resp: 'WRONGTYPE', mcp: -32602, exit: 65 },
  query_too_complex: { http: 400, resp: 'ERR', mcp: -32010, exit: 65 },
  resource_exceeded: { http: 400, resp: 'OOM', mcp: -32011, exit: 71 },
  unauthenticated: { http: 401, resp: 'NOAUTH', mcp: -32001, exit: 77 },
  invalid_credentials: { http: 401, resp: 'WRONGPASS', mcp: -32001, exit: 77 },
  permission_denied: { http: 403, resp: 'NOPERM', mcp: -32003, exit: 77 },
  not_found: { http: 404, resp: 'ERR', mcp: -32004, exit: 66 },
  conflict: { http: 409, resp: 'CONFLICT', mcp: -32009, exit: 75 },
  schema_conflict: { http: 409, resp: 'CONFLICT', mcp: -32009, exit: 65 },
  payload_too_large: { http: 413, resp: 'ERR', mcp: -32013, exit: 65 },
  unsupported_type: { http: 415, resp: 'ERR', mcp: -32015, exit: 65 },
  validation_failed: { http: 422, resp: 'ERR', mcp: -32022, exit: 65 },
  rate_limited: { http: 429, resp: 'BUSY', mcp: -32029, exit: 75 },
  account_locked: { http: 429, resp: 'NOPERM', mcp: -32029, exit: 77 },
  internal: { http: 500, resp: 'ERR', mcp: -32603, exit: 70 },
  corrupt: { http: 500, resp: 'ERR', mcp: -32050, exit: 74 },
  unavailable: { http: 503, resp: 'TRYAGAIN', mcp: -32053, exit: 69 },
  timeout: { http: 504, resp: 'TRYAGAIN', mcp: -32054, exit: 75 },
  cancelled: { http: 499, resp: 'ABORTED', mcp: -32099, exit: 130 },
}

export interface DbErrorFields {
  readonly code: string
  readonly status: ErrorStatus
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

export class DbError extends Error {
  override readonly name = 'DbError'
  readonly code: string
  readonly status: ErrorStatus
  readonly details: Readonly<Record<string, unknown>>

  constructor(fields: DbErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.code = fields.code
    this.status = fields.status
    this.details = fields.details ?? {}
  }
}

export interface ErrorTemplate {
  readonly status: ErrorStatus
  /** Text with `{placeholders}`, each filled from the detail of that name. Braces have no other use in it. */
  readonly message: string
}

export interface ErrorListing extends ErrorTemplate {
  readonly code: string
}

type PlaceholderOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholderOf<Rest>
  : never

export type ErrorDetails = Readonly<Record<string, unknown>>

export interface ErrorCause {
  readonly cause?: unknown
}

export type ErrorMaker<Text extends string> = [PlaceholderOf<Text>] extends [never]
  ? (details?: ErrorDetails, options?: ErrorCause) => DbError
  : (
      details: { readonly [Name in PlaceholderOf<Text>]: unknown } & ErrorDetails,
      options?: ErrorCause,
    ) => DbError

const listingSymbol: unique symbol = Symbol('error listing')

interface Listed {
  readonly [listingSymbol]: readonly ErrorListing[]
}

export type ErrorTable<Table extends Readonly<Record<string, ErrorTemplate>>> = Listed & {
  readonly [Key in keyof Table]: ErrorMaker<Table[Key]['message']>
}

/**
 * A function per entry that makes the error with code `<prefix>_<key>`. The details named in the message are
 * required.
 *
 * @example
 * const ledgerErrors = defineErrors('LEDGER', {
 *   VERSION_CONFLICT: { status: 'conflict', message: 'expected version {expected}, found {actual}' },
 * })
 * throw ledgerErrors.VERSION_CONFLICT({ expected: 3, actual: 4 })
 */
export function defineErrors<const Table extends Readonly<Record<string, ErrorTemplate>>>(
  prefix: string,
  table: Table,
): ErrorTable<Table> {
  const listing: ErrorListing[] = []
  const makers: Record<PropertyKey, unknown> = { [listingSymbol]: listing }
  for (const [key, template] of Object.entries<ErrorTemplate>(table)) {
    const code = `${prefix}_${key}`
    const { status } = template
    listing.push({ code, status, message: template.message })
    makers[key] = (details: ErrorDetails = {}, options: ErrorCause = {}): DbError =>
      new DbError({
        code,
        status,
        message: fillTemplate(template.message, details),
        details,
        cause: options.cause,
      })
  }
  return makers as ErrorTable<Table>
}

/** What a table declares, in its order; for documentation and its tests. */
export function listErrors(table: Listed): readonly ErrorListing[] {
  return table[listingSymbol]
}

export const internalErrors = defineErrors('INTERNAL', {
  UNEXPECTED: { status: 'internal', message: 'the server met an unexpected error; its log has the details' },
})

/** The error itself when it is a `DbError`, otherwise a neutral internal error that keeps it as its cause. */
export function toDbError(error: unknown): DbError {
  return error instanceof DbError ? error : internalErrors.UNEXPECTED({}, { cause: error })
}

export interface ErrorBody {
  /** The status in capitals, for example `NOT_FOUND`. */
  readonly code: string
  /** The stable code, for example `LEDGER_VERSION_CONFLICT`. */
  readonly reason: string
  readonly message: string
  /** HTTP status. */
  readonly status: number
  readonly [detail: string]: unknown
}

/** Details that a client may read as fields of an error answer. All others stay inside the process. */
const publicDetails = [
  'line',
  'column',
  'offset',
  'expected',
  'snippet',
  'suggestion',
  'path',
  'field',
  'errors',
  'retry_after_secs',
  'objects',
  'of',
  'rate',
  'eta_s',
] as const

/** The wire form of an error, the same for every door that answers in JSON. */
export function errorBody(error: unknown): ErrorBody {
  const known = toDbError(error)
  const body: Record<string, unknown> = {
    code: known.status.toUpperCase(),
    reason: known.code,
    message: known.message,
    status: errorStatusTable[known.status].http,
  }
  for (const name of publicDetails) {
    if (known.details[name] !== undefined) body[name] = known.details[name]
  }
  return body as unknown as ErrorBody
}

function fillTemplate(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => printDetail(details[name]))
}

/** Details may come from a user's input, so that a message cannot grow with them. */
function printDetail(detail: unknown): string {
  const text = typeof detail === 'string' ? detail : String(detail)
  if (text.length <= limits.errorDetailCharsMax) return text
  return `${text.slice(0, limits.errorDetailCharsMax).toWellFormed()}…`
}
