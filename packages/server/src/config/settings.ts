/**
 * Every setting of the server, once: its name, what it accepts, its default and what it means.
 * Why one table: flags (`--log-level`), environment (`DDB_LOG_LEVEL`), `ddb.toml` (`log_level`), validation,
 * help and docs/configuration.md all follow from it, so that none of them can miss a setting.
 */

import { hashNames } from '@dendrodb/protocol'
import type { z } from 'zod'
import { batchCommitsMin } from '../anchors/limits.ts'
import { rootTokenPattern } from '../auth/root-token.ts'
import { bytes, choice, duration, integer, isNetwork, isOrigin, list, text, url } from './setting-kinds.ts'

export interface Setting<Schema extends z.ZodType = z.ZodType> {
  /** As `ddb.toml` has it. */
  readonly name: string
  readonly schema: Schema
  /** As `ddb.toml` would have it; `undefined`: not set. */
  readonly default: unknown
  /** What it means, in a sentence without its full stop. */
  readonly about: string
  /** Kept out of the command line, which other users of the machine can read. */
  readonly isSecret: boolean
  /** A path, relative to the file that names it. */
  readonly isPath: boolean
  /** Further environment variables that set it. */
  readonly aliases: readonly string[]
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export const masterKeyPattern = /^[0-9a-fA-F]{64}$/
export const masterKeyProblem = 'must be 32 bytes as 64 hexadecimal digits'
const networks = list(isNetwork, 'must hold IP addresses or networks such as 10.0.0.0/8')
const mebibyte = 1024 * 1024
const chains = ['off', 'none', 'ipfs', 'ethereum'] as const

function address() {
  return text()
    .regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address: 0x and 40 hexadecimal digits')
    .optional()
}

export const settings = {
  data: setting({
    name: 'data',
    schema: text(),
    default: './ddb-data',
    about:
      'folder of the data, made when missing; `:memory:` keeps everything in memory until the server ends',
    isPath: true,
  }),
  host: setting({
    name: 'host',
    schema: text(),
    default: '127.0.0.1',
    about: 'address to listen on; `0.0.0.0` or `::` opens the server to the network',
  }),
  port: setting({
    name: 'port',
    schema: integer(0, 65_535),
    default: 7700,
    about: 'port to listen on; 0 takes any free one',
  }),
  logLevel: setting({
    name: 'log_level',
    schema: choice(logLevels),
    default: 'info',
    about: `least severe log line that is written: ${logLevels.join(', ')}`,
  }),
  rootToken: setting({
    name: 'root_token',
    schema: text().regex(rootTokenPattern, 'must be 16 to 512 visible ASCII characters').optional(),
    default: undefined,
    about:
      'token of the server’s administrator; without it one is generated into `root-token` in the data folder',
    isSecret: true,
  }),
  daemonToken: setting({
    name: 'daemon_token',
    schema: text().regex(rootTokenPattern, 'must be 16 to 512 visible ASCII characters').optional(),
    default: undefined,
    about: 'token that does what the root token does under `/v1` and on `/events`, and nothing elsewhere',
    isSecret: true,
    aliases: ['NEDBD_TOKEN'],
  }),
  eventsAccess: setting({
    name: 'events_access',
    schema: choice(['token', 'open']),
    default: 'token',
    about: 'who may follow `/events`: token, who has the root or the daemon token; open, anybody',
  }),
  tmk: setting({
    name: 'tmk',
    schema: text().regex(masterKeyPattern, masterKeyProblem).optional(),
    default: undefined,
    about:
      'master key: new databases and the server’s own keys are sealed under it; without it databases are in the clear, and a key file in the data folder seals the server’s keys',
    isSecret: true,
    aliases: ['NEDB_TMK'],
  }),
  tmkFile: setting({
    name: 'tmk_file',
    schema: text().optional(),
    default: undefined,
    about: 'file with the master key, instead of `tmk`',
    isPath: true,
    aliases: ['NEDB_TMK_FILE'],
  }),
  tlsCert: setting({
    name: 'tls_cert',
    schema: text().optional(),
    default: undefined,
    about: 'certificate chain (PEM file); with `tls_key`, the server speaks HTTPS',
    isPath: true,
  }),
  tlsKey: setting({
    name: 'tls_key',
    schema: text().optional(),
    default: undefined,
    about: 'private key of the certificate (PEM file)',
    isPath: true,
  }),
  corsOrigins: setting({
    name: 'cors_origins',
    schema: list(isOrigin, 'must hold origins such as https://app.example.com, or *'),
    default: [],
    about: 'web origins whose pages may call the server; `*` allows all',
  }),
  trustedProxies: setting({
    name: 'trusted_proxies',
    schema: networks,
    default: [],
    about: 'proxies whose `X-Forwarded-For` is believed',
  }),
  metricsAllowedIps: setting({
    name: 'metrics_allowed_ips',
    schema: networks,
    default: ['127.0.0.0/8', '::1'],
    about: 'clients that may read `/metrics` and `/health/full`',
  }),
  connectionsMax: setting({
    name: 'connections_max',
    schema: integer(1, 1_000_000),
    default: 10_000,
    about: 'connections at a time, and at most half of the files that the process may have open',
  }),
  bodyBytesMax: setting({
    name: 'body_bytes_max',
    schema: bytes(1024, 1024 * mebibyte),
    default: '16MiB',
    about: 'longest body of a request',
  }),
  bodiesBytesMax: setting({
    name: 'bodies_bytes_max',
    schema: bytes(1024, 1024 * 1024 * mebibyte),
    default: '64MiB',
    about: 'bodies of all requests in work together, but for those up to 64 KiB; at least `body_bytes_max`',
  }),
  requestTimeoutMs: setting({
    name: 'request_timeout',
    schema: duration('1s', '1h'),
    default: '30s',
    about: 'time a client has to send a request',
  }),
  shutdownTimeoutMs: setting({
    name: 'shutdown_timeout',
    schema: duration('0s', '10m'),
    default: '10s',
    about: 'time that requests in flight have to finish when the server stops',
  }),
  queryTimeoutMs: setting({
    name: 'query_timeout',
    schema: duration('1ms', '1h'),
    default: '30s',
    about: 'time a statement may take',
  }),
  queryMemoryBytes: setting({
    name: 'query_memory',
    schema: bytes(mebibyte, 1024 * 1024 * mebibyte),
    default: '64MiB',
    about: 'memory that a statement may take, with the results and parameters of the text before it',
  }),
  queryRowsMax: setting({
    name: 'query_rows_max',
    schema: integer(1, 100_000_000),
    default: 10_000,
    about: 'rows a statement may return over HTTP',
  }),
  accessTokenMs: setting({
    name: 'access_token_lifetime',
    schema: duration('1s', '1d'),
    default: '15m',
    about: 'how long an access token is valid',
  }),
  refreshTokenMs: setting({
    name: 'refresh_token_lifetime',
    schema: duration('1s', '365d'),
    default: '7d',
    about: 'how long a refresh token is valid, within the life of its session',
  }),
  sessionMs: setting({
    name: 'session_lifetime',
    schema: duration('1s', '365d'),
    default: '24h',
    about: 'how long a session lasts, whatever is refreshed',
  }),
  sessionsPerUser: setting({
    name: 'sessions_per_user',
    schema: integer(1, 1000),
    default: 5,
    about: 'sessions a user may have; signing in once more ends the oldest',
  }),
  userRequestsPerMinute: setting({
    name: 'user_requests_per_minute',
    schema: integer(0, 100_000_000),
    default: 100,
    about: 'requests of a signed-in user; 0: no limit',
  }),
  anonymousRequestsPerMinute: setting({
    name: 'anonymous_requests_per_minute',
    schema: integer(0, 100_000_000),
    default: 20,
    about: 'requests without a valid token from one address; 0: no limit',
  }),
  recordCacheBytes: setting({
    name: 'record_cache',
    schema: bytes(mebibyte, 1024 * 1024 * mebibyte),
    default: '32MiB',
    about: 'decoded records kept in memory, per database',
  }),
  blockCacheBytes: setting({
    name: 'block_cache',
    schema: bytes(mebibyte, 1024 * 1024 * mebibyte),
    default: '32MiB',
    about: 'blocks of files kept in memory, per database',
  }),
  writeBufferBytes: setting({
    name: 'write_buffer',
    schema: bytes(mebibyte, 1024 * mebibyte),
    default: '16MiB',
    about: 'writes kept in memory before they are sorted into files, per database',
  }),
  databasesOpenMax: setting({
    name: 'databases_open_max',
    schema: integer(1, 100_000),
    default: 256,
    about:
      'databases open at a time; for another one, the one is closed that has been out of use for longest',
  }),
  trashMs: setting({
    name: 'trash_lifetime',
    schema: duration('0s', '3650d'),
    default: '24h',
    about: 'how long a database that was dropped or replaced stays in the folder `trash`',
  }),
  verifyOnStart: setting({
    name: 'verify_on_start',
    schema: choice(['off', 'on']),
    default: 'off',
    about:
      'on: every database is verified when the server starts, and takes no writes until that is done; reads are served meanwhile',
  }),
  databaseHash: setting({
    name: 'database_hash',
    schema: choice(hashNames),
    default: 'blake2b',
    about: `hash function of the databases that will be made: ${hashNames.join(', ')}`,
  }),
  blockchainAnchor: setting({
    name: 'blockchain_anchor',
    schema: choice(chains),
    default: 'off',
    about: `where hashes of the history are anchored: ${chains.join(', ')}; none keeps them in the database alone`,
    aliases: ['DARSH_BLOCKCHAIN_ANCHOR'],
  }),
  anchorEvery: setting({
    name: 'anchor_every',
    schema: integer(batchCommitsMin, 1_000_000_000),
    default: 1000,
    about: 'commits after which a database is anchored',
    aliases: ['DARSH_ANCHOR_EVERY_N_TX'],
  }),
  ipfsApiUrl: setting({
    name: 'ipfs_api_url',
    schema: url(),
    default: 'http://127.0.0.1:5001',
    about: 'HTTP API of the IPFS node',
    aliases: ['DARSH_IPFS_API_URL'],
  }),
  ethRpcUrl: setting({
    name: 'eth_rpc_url',
    schema: url(),
    default: 'http://127.0.0.1:8545',
    about: 'JSON-RPC of the Ethereum node',
    aliases: ['DARSH_ETH_RPC_URL'],
  }),
  ethPrivateKey: setting({
    name: 'eth_private_key',
    schema: text()
      .regex(/^(0x)?[0-9a-fA-F]{64}$/, 'must be 32 bytes as 64 hexadecimal digits')
      .optional(),
    default: undefined,
    about: 'key of the account that pays for transactions; they are signed here',
    isSecret: true,
  }),
  ethFrom: setting({
    name: 'eth_from',
    schema: address(),
    default: undefined,
    about: 'instead of a key: address of an account that the node holds and signs for',
  }),
  ethTo: setting({
    name: 'eth_to',
    schema: address(),
    default: undefined,
    about: 'address that transactions go to; without it, to the account itself',
  }),
} as const

export type SettingKey = keyof typeof settings

/** The configuration of a server; every field is explained in docs/configuration.md. */
export type Config = { readonly [Key in SettingKey]: z.output<(typeof settings)[Key]['schema']> }

export function environmentName(setting: Setting): string {
  return `DDB_${setting.name.toUpperCase()}`
}

/** `undefined` for a secret. */
export function flagName(setting: Setting): string | undefined {
  return setting.isSecret ? undefined : `--${setting.name.replaceAll('_', '-')}`
}

type SettingParts<Schema extends z.ZodType> = Pick<Setting<Schema>, 'name' | 'schema' | 'default' | 'about'> &
  Partial<Setting<Schema>>

function setting<Schema extends z.ZodType>(parts: SettingParts<Schema>): Setting<Schema> {
  return { isSecret: false, isPath: false, aliases: [], ...parts }
}
