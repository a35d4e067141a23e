import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { environmentName, flagName, type Setting, settings } from './settings.ts'

const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8')
const rows = page.split('\n').filter((line) => line.startsWith('| `'))

function rowOf(setting: Setting): string {
  const variables = [environmentName(setting), ...setting.aliases].map((name) => `\`${name}\``).join(', ')
  const flag = flagName(setting)
  const shown =
    setting.default === undefined ? '' : `\`${JSON.stringify(setting.default).replaceAll('"', '')}\``
  const cells = [
    `\`${setting.name}\``,
    variables,
    flag === undefined ? 'none' : `\`${flag}\``,
    shown,
    setting.about,
  ]
  return `| ${cells.join(' | ')} |`
}

test('docs/configuration.md has one row for every setting, as the table of settings says it', () => {
  expect(rows).toEqual(Object.values(settings).map(rowOf))
})
