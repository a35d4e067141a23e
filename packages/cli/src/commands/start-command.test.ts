import { environmentName, flagName, settings } from '@dendrodb/server'
import { expect, test } from 'vitest'
import type { Option } from '../arguments/option.ts'
import { startCommand } from './start-command.ts'

const byFlag = new Map(Object.values(settings).map((setting) => [flagName(setting), setting]))

/** All but the one that says where settings are. */
function isSetting({ name }: Option): boolean {
  return name !== 'config'
}

test('every option of the help is a setting of the server, with its default and its variable', () => {
  for (const { name, default: fallback, env } of startCommand.options.filter(isSetting)) {
    const setting = byFlag.get(`--${name}`)
    expect(setting, name).toBeDefined()
    if (setting === undefined) continue
    expect(fallback).toBe(String(setting.default))
    expect(env).toBe(environmentName(setting))
  }
})

test('the words of log-level are those that the server knows', () => {
  const option = startCommand.options.find(({ name }) => name === 'log-level')
  for (const level of option?.choices ?? [])
    expect(settings.logLevel.schema.safeParse(level).success).toBe(true)
  expect(settings.logLevel.about).toContain(option?.choices?.join(', '))
})
