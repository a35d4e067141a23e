import { afterEach, expect, test, vi } from 'vitest'
import { hasTool } from './has-tool.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test('a tool that runs is there', () => {
  expect(hasTool(process.execPath)).toBe(true)
})

test('a missing tool is announced on a laptop', () => {
  vi.stubEnv('CI', '')
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  expect(hasTool('no-such-tool')).toBe(false)
  expect(said).toHaveBeenCalledWith(expect.stringMatching(/\*\*\* SKIPPED: no-such-tool cannot be run/))
})

test('a missing tool, or one that fails, is an error in CI', () => {
  vi.stubEnv('CI', 'true')
  expect(() => hasTool('no-such-tool')).toThrow(/no-such-tool cannot be run/)
  expect(() => hasTool(process.execPath, ['--no-such-flag'])).toThrow(/may not be skipped/)
})
