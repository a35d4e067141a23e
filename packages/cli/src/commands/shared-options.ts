/** Options that several commands have, so that they mean the same everywhere. */

import type { Option } from '../arguments/option.ts'

export const dataOption: Option = {
  name: 'data',
  value: 'DIR',
  default: './ddb-data',
  env: 'DDB_DATA',
  about: 'folder of the data',
}

export const urlOption: Option = {
  name: 'url',
  value: 'URL',
  default: 'http://127.0.0.1:7700',
  env: 'DDB_URL',
  about: 'where the server listens',
}

export const tokenOption: Option = {
  name: 'token',
  value: 'TOKEN',
  env: 'DDB_TOKEN',
  about:
    'token to show the server; for a server on this machine, the one in its data folder when it can be read',
}

export const branchOption: Option = {
  name: 'branch',
  value: 'NAME',
  default: 'main',
  env: 'DDB_BRANCH',
  about: 'branch of the database to work on',
}

export const databaseOption: Option = {
  name: 'database',
  short: 'd',
  value: 'NAME',
  default: 'main',
  env: 'DDB_DATABASE',
  about: 'database to work in',
}

export const userOption: Option = {
  name: 'user',
  value: 'EMAIL',
  env: 'DDB_USER',
  about: 'sign in with this account instead of a token',
}

const passwordOption: Option = {
  name: 'password',
  value: 'PASSWORD',
  env: 'DDB_PASSWORD',
  about: 'its password',
}

/** Of commands that work on a server, as whoever may, or on a folder. */
export const connectionOptions: readonly Option[] = [
  urlOption,
  tokenOption,
  userOption,
  passwordOption,
  { ...dataOption, about: 'folder of the data, or of the server’s' },
]
