import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const sources = globSync('routes/*-routes.ts', { cwd: import.meta.dirname })
const page = readFileSync(new URL('../../../../docs/http-api.md', import.meta.url), 'utf8')

test('docs/http-api.md has a section for every route and for no other', () => {
  const routes = sources.flatMap((file) => {
    const source = readFileSync(new URL(file, import.meta.url), 'utf8')
    const calls = source.matchAll(/app\.(get|post|put|patch|delete)(?:<\w+>)?\(\s*'([^']+)'/g)
    return [...calls].map(([, method = '', path = '']) => `${method.toUpperCase()} ${path}`)
  })
  const sections = [...page.matchAll(/^### ([A-Z]+ \/\S+)$/gm)].map(([, route = '']) => route)
  expect(routes.length).toBeGreaterThan(10)
  expect(sections.sort()).toEqual(routes.sort())
})
