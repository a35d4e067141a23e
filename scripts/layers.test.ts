/**
 * The rules of .dependency-cruiser.mjs against a small tree of packages: an allowed import passes, each
 * forbidden one is named. Without this a rule that matches nothing (a moved folder, a parser that skips
 * types) would stay green for ever.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const cruiser = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')

let dir = ''

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'dendrodb-layers-'))
  write('package.json', JSON.stringify({ name: 'tree', private: true, devDependencies: { vitest: '*' } }))
  install('vitest')
  install('undeclared')
  for (const name of ['protocol', 'engine', 'server', 'cli']) {
    write(
      `packages/${name}/package.json`,
      JSON.stringify({
        name: `@dendrodb/${name}`,
        type: 'module',
        exports: { '.': './src/index.ts', './inner': './src/inner.ts' },
        // All of them, so that what is refused is the arrow and not the declaration.
        dependencies: { '@dendrodb/protocol': '*', '@dendrodb/engine': '*', '@dendrodb/server': '*' },
      }),
    )
    write(`packages/${name}/src/index.ts`, 'export const it = 1\n')
    write(`packages/${name}/src/inner.ts`, 'export const it = 1\n')
    mkdirSync(path.join(dir, 'node_modules/@dendrodb'), { recursive: true })
    symlinkSync(path.join(dir, 'packages', name), path.join(dir, 'node_modules/@dendrodb', name))
  }
})

afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('what is allowed', () => {
  test('the arrows of the architecture, tests and suites included', () => {
    write(
      'packages/engine/src/storage/kv-store.ts',
      "import { it } from '@dendrodb/protocol'\nexport const kv = it\n",
    )
    write(
      'packages/engine/src/storage/kv-store-suite.ts',
      "import { test } from 'vitest'\nexport const suite = test\n",
    )
    write('packages/engine/src/ledger/chain.ts', "export { kv } from '../storage/kv-store.ts'\n")
    write(
      'packages/engine/src/query/plan.ts',
      "import type { kv } from '../ledger/chain.ts'\nexport type P = typeof kv\n",
    )
    write(
      'packages/engine/src/open-engine.ts',
      "import { kv } from './ledger/chain.ts'\nexport const open = kv\n",
    )
    write('packages/engine/src/index.ts', "export { open } from './open-engine.ts'\n")
    write(
      'packages/engine/src/storage/kv.test.ts',
      "import { open } from '../open-engine.ts'\nexport const x = open\n",
    )
    write(
      'packages/server/src/http/door.ts',
      "import { open } from '@dendrodb/engine'\nexport const door = open\n",
    )
    expect(violations()).toEqual([])
  })
})

describe('what is refused', () => {
  const refused: readonly (readonly [rule: string, file: string, source: string])[] = [
    [
      'package-protocol',
      'packages/protocol/src/a.ts',
      "import { it } from '@dendrodb/engine'\nexport const a = it",
    ],
    [
      'package-engine',
      'packages/engine/src/a.ts',
      "import { it } from '@dendrodb/server'\nexport const a = it",
    ],
    [
      'package-server',
      'packages/server/src/a.ts',
      "import { it } from '../../cli/src/index.ts'\nexport const a = it",
    ],
    [
      'package-by-index',
      'packages/server/src/a.ts',
      "import { it } from '@dendrodb/engine/inner'\nexport const a = it",
    ],
    [
      'no-index-from-inside',
      'packages/engine/src/a.ts',
      "import { it } from './index.ts'\nexport const a = it",
    ],
    ['protocol-is-pure', 'packages/protocol/src/a.ts', "import { EOL } from 'node:os'\nexport const a = EOL"],
    [
      'protocol-is-pure',
      'packages/protocol/src/a.ts',
      "import { EOL } from 'undeclared'\nexport const a = EOL",
    ],
    [
      'declared-dependency',
      'packages/engine/src/a.ts',
      "import { it } from 'undeclared'\nexport const a = it",
    ],
    ['no-dev-dependency', 'packages/engine/src/a.ts', "import { test } from 'vitest'\nexport const a = test"],
    ['resolvable', 'packages/engine/src/a.ts', "import { it } from './gone.ts'\nexport const a = it"],
  ]
  test.each(refused)('%s: %s', (rule, file, source) => {
    write(file, source)
    expect(violations()).toContain(rule)
  })

  test('a lower layer of the engine that imports a higher one, for a value or only for a type', () => {
    write('packages/engine/src/query/plan.ts', 'export const plan = 1\nexport type Plan = number\n')
    write(
      'packages/engine/src/ledger/a.ts',
      "import { plan } from '../query/plan.ts'\nexport const a = plan\n",
    )
    write(
      'packages/engine/src/storage/b.ts',
      "import type { Plan } from '../query/plan.ts'\nexport type B = Plan\n",
    )
    expect(violations()).toEqual(['engine-ledger', 'engine-storage'])
  })

  test('an import written as a call', () => {
    write('packages/engine/src/query/plan.ts', 'export const plan = 1\n')
    write('packages/engine/src/ledger/a.ts', "export const a = () => import('../query/plan.ts')\n")
    expect(violations()).toEqual(['engine-ledger'])
  })

  test('a file that imports the wiring, and a source that imports a test', () => {
    write('packages/engine/src/open-engine.ts', 'export const open = 1\n')
    write('packages/engine/src/a.ts', "export { open } from './open-engine.ts'\n")
    write('packages/engine/src/some.test.ts', 'export const some = 1\n')
    write('packages/engine/src/b.ts', "export { some } from './some.test.ts'\n")
    expect(violations()).toEqual(['no-test-from-source', 'wiring-is-the-top'])
  })

  test('two files in a circle, also when one of the imports is a type', () => {
    write(
      'packages/engine/src/a.ts',
      "import { b } from './b.ts'\nexport const a = b\nexport type A = number\n",
    )
    write('packages/engine/src/b.ts', "import type { A } from './a.ts'\nexport const b: A = 1\n")
    expect(violations()).toContain('no-cycles')
  })

  test('a service that imports another or a door', () => {
    write('packages/server/src/http/door.ts', 'export const door = 1\n')
    write('packages/server/src/auth/a.ts', "export { door } from '../http/door.ts'\n")
    write('packages/server/src/cache/c.ts', "export { door } from '../auth/a.ts'\n")
    expect(violations()).toEqual(['services-stand-alone', 'services-stand-alone'])
  })
})

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(dir, file)), { recursive: true })
  writeFileSync(path.join(dir, file), text)
}

function install(name: string): void {
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }))
  write(`node_modules/${name}/index.js`, 'module.exports = {}\n')
}

/** The names of the broken rules, sorted. */
function violations(): readonly string[] {
  const args = [
    cruiser,
    '--config',
    path.join(root, '.dependency-cruiser.mjs'),
    '--output-type',
    'json',
    'packages',
  ]
  // The JSON reporter exits with 0 whatever it found.
  const report = JSON.parse(execFileSync(process.execPath, args, { cwd: dir, encoding: 'utf8' })) as {
    readonly summary: { readonly violations: readonly { readonly rule: { readonly name: string } }[] }
  }
  return report.summary.violations.map(({ rule }) => rule.name).sort()
}
