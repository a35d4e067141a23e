/**
 * House style that no other tool checks (docs/testing.md#style): sizes, names, leftovers and module comments.
 * Each rule is a pure function of a file's path and text; scripts/check-style.test.ts proves each of them.
 */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const linesMax = 600
export const columnsMax = 110

const hasModuleComment = /^(packages\/[^/]+\/src|scripts|conformance|bench)\/.*\.(ts|tsx|mjs)$/
/** A test says what it is about in its names. */
const isTest = /\.test\.ts$/

// Spelled in pieces, as this file is checked by its own rules.
const leftovers = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`)
const vagueName = /(^|[-.])(managers?|helpers?|utils?|utilities|misc|common)([-.]|$)/

/**
 * @param {string} file path from the root, with forward slashes
 * @param {string} text
 * @returns {string[]} what is wrong, as `file:line: sentence`
 */
/** Tables of test cases: a case a line reads better than one broken over many. */
const isCaseTable = /\/testing\/[a-z-]+-cases[.]ts$/

export function styleProblems(file, text) {
  const problems = []
  const report = (line, sentence) => problems.push(`${file}:${line}: ${sentence}`)
  const lines = text.split('\n')

  if (lines.length - 1 > linesMax) report(linesMax, `longer than ${linesMax} lines: split it by what it does`)
  lines.forEach((line, index) => {
    const columns = [...line].length
    if (columns > columnsMax && !isUnbreakable(line) && !isCaseTable.test(file))
      report(index + 1, `${columns} columns, ${columnsMax} at most${hint(line)}`)
    if (leftovers.test(line)) report(index + 1, 'a leftover marker: do it, or write it in docs/ROADMAP.md')
  })

  const name = path.posix.basename(file)
  if (!/^[.]?[a-z0-9]+([-.][a-z0-9]+)*$/.test(name)) report(1, 'file names are kebab-case')
  if (vagueName.test(name)) report(1, 'a name that says nothing: name the file after its main export')
  if (hasModuleComment.test(file) && !isTest.test(file) && !/^(#!.*\n)?\/\*\*(\n \*)? \S/.test(text)) {
    report(1, 'no module comment: open with /** … */ that says why this file exists')
  }
  return problems
}

/** A vector or a URL; or one long string, as of an error table, where `a + b` would not be a literal type. */
function isUnbreakable(line) {
  return /\S{60,}/.test(line) || /(['"`])(?:(?!\1).){60,}\1[\])}\s,;]*((async )?\(.*\) => \{)?$/.test(line)
}

const places = '{packages/*/src,scripts,conformance,bench,examples}/**/*.{ts,tsx,mjs,js}'

function hint(line) {
  return /^\s*(\/\*\*|\*|\/\/)/.test(line) ? ' (node scripts/wrap-comments.mjs)' : ''
}

export function ourFiles(root) {
  const exclude = (entry) => entry === 'node_modules' || entry === 'dist'
  const found = globSync([places, '*.{ts,mjs}', '.*.mjs'], { cwd: root, exclude })
  return found.map((file) => file.split(path.sep).join('/')).sort()
}

function main() {
  const root = path.resolve(import.meta.dirname, '..')
  const problems = ourFiles(root).flatMap((file) =>
    styleProblems(file, readFileSync(path.join(root, file), 'utf8')),
  )
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
