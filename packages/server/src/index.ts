/** Public API of @dendrodb/server. */

export { resealKeys } from './auth/reseal-keys.ts'
export { type ConfigSources, type LoadedConfig, loadConfig } from './config/load-config.ts'
export { type Config, environmentName, flagName, type Setting, settings } from './config/settings.ts'
export { databaseInitOf } from './http/daemon/database-init.ts'
export type { Log, RequestLine } from './observability/log.ts'
export { openServer, type Server, type ServerOptions } from './open-server.ts'
export { type Closable, runUntilSignal, type SignalSource } from './run-until-signal.ts'
export { version } from './version.ts'
