/**
 * The documentation against the repository: links lead somewhere, every error is explained and none is made
 * up.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorStatusTable } from '../packages/protocol/src/errors.ts'
import { declaredErrors, errorEntry } from './error-tables.ts'

const root = path.resolve(import.meta.dirname, '..')
const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md', 'bench/*.md'], { cwd: root }).sort()

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const prose = (file: string): string => read(file).replace(/^```[\s\S]*?^```/gm, '')

describe('links', () => {
  test.each(pages)('%s: every relative link leads to a file, and to a heading of it', (page) => {
    expect(brokenLinks(page)).toEqual([])
  })

  test('the comments of the sources name pages and headings that exist', () => {
    const broken: string[] = []
    for (const file of globSync(['packages/*/src/**/*.ts', 'scripts/**/*.{ts,mjs}'], { cwd: root })) {
      for (const [link = ''] of read(file).matchAll(/\bdocs\/[\w/-]+\.md(#[\w-]+)?/g)) {
        if (!leadsSomewhere(link)) broken.push(`${file}: ${link}`)
      }
    }
    expect(broken).toEqual([])
  })
})

describe('docs/errors.md', async () => {
  const declared = await declaredErrors()
  const page = existsSync(path.join(root, 'docs/errors.md')) ? read('docs/errors.md') : ''
  const sections = new Map(
    page.split(/^(?=### `)/m).map((text) => [/^### `(\w+)`/.exec(text)?.[1] ?? '', text]),
  )

  test('explains every declared error, with its status and message (scripts/errors-doc.ts prints the missing)', () => {
    const missing = declared.filter(
      (error) => sections.get(error.code)?.startsWith(errorEntry(error)) !== true,
    )
    expect(missing.map(errorEntry)).toEqual([])
  })

  test('says of each what to do about it', () => {
    const mute = declared.filter((error) => {
      const text = sections.get(error.code)?.slice(errorEntry(error).length).split(/^#/m)[0]
      return !/[A-Z].{15,}\./s.test(text ?? '')
    })
    expect(mute.map(({ code }) => code)).toEqual([])
  })

  test('lists every status with what each door makes of it', () => {
    const rows = Object.entries(errorStatusTable).map(
      ([status, { http, resp, mcp, exit }]) => `| \`${status}\` | ${http} | \`${resp}\` | ${mcp} | ${exit} |`,
    )
    expect(rows.filter((row) => !page.includes(row))).toEqual([])
  })

  test('explains no error that is not declared', () => {
    const codes = new Set(declared.map(({ code }) => code))
    expect([...sections.keys()].filter((code) => code !== '' && !codes.has(code))).toEqual([])
  })

  test('codes are unique over all tables', () => {
    const codes = declared.map(({ code }) => code)
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
  })
})

function brokenLinks(page: string): readonly string[] {
  const targets = [...prose(page).matchAll(/\]\((?!\w+:)([^)\s]+)[^)]*\)/g)].map(([, target = '']) => target)
  return targets.filter((target) => {
    const absolute = target.startsWith('#') ? `${page}${target}` : path.join(path.dirname(page), target)
    return !leadsSomewhere(absolute)
  })
}

/** @param link path from the root, perhaps with a heading */
function leadsSomewhere(link: string): boolean {
  const [file = '', heading] = link.split('#')
  if (!existsSync(path.join(root, file))) return false
  return heading === undefined || !file.endsWith('.md') || anchors(file).has(heading)
}

/** Headings as GitHub names them, and explicit `<a id>` and `<a name>`. */
function anchors(file: string): ReadonlySet<string> {
  const text = prose(file)
  const headings = [...text.matchAll(/^#{1,6} +(.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  )
  const explicit = [...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name = '']) => name)
  return new Set([...headings, ...explicit])
}
