/**
 * Checks a commit message against the convention of CONTRIBUTING.md (Conventional Commits 1.0.0).
 *
 *   node scripts/commit-message.mjs <file>           as the git hook commit-msg
 *   node scripts/commit-message.mjs --range a..b     every commit of a range
 *   git config core.hooksPath scripts/git-hooks      turns the hook on
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const types = ['feat', 'fix', 'perf', 'refactor', 'docs', 'test', 'build', 'ci', 'chore', 'revert']
const subjectCharsMax = 72
const bodyColumnsMax = 100
const subjectForm = /^(?<type>[a-z]+)(?:\((?<scope>[^()]*)\))?(?<breaking>!)?: (?<summary>.+)$/

/**
 * @param {string} message with git's comment lines, as an editor leaves it
 * @returns {string[]} what is wrong
 */
export function messageProblems(message) {
  const [subject = '', ...rest] = withoutComments(message).trimEnd().split('\n')
  // Made by git, or about to be squashed into another commit.
  if (/^(Merge |Revert "|(fixup|squash|amend)! )/.test(subject)) return []
  const form = subjectForm.exec(subject)?.groups
  if (form === undefined) return [`write it as "type(scope): summary", type one of ${types.join(', ')}`]

  const problems = []
  if (!types.includes(form.type)) problems.push(`"${form.type}" is no type; use one of ${types.join(', ')}`)
  if (form.scope !== undefined && !/^[a-z0-9]+([-/][a-z0-9]+)*$/.test(form.scope)) {
    problems.push(`the scope "${form.scope}" is not a part's name in kebab-case`)
  }
  if (subject.length > subjectCharsMax) {
    problems.push(`the first line has ${subject.length} characters, ${subjectCharsMax} at most`)
  }
  if (/^\p{Lu}[\p{Ll}\s]/u.test(form.summary)) problems.push('the summary starts with a small letter')
  if (form.summary.endsWith('.')) problems.push('the summary ends without a full stop')
  if (rest.length > 0 && rest[0] !== '') problems.push('an empty line stands between summary and body')
  const wide = rest.find(
    (line) => line.length > bodyColumnsMax && line.includes(' ') && !line.includes('://'),
  )
  if (wide !== undefined) problems.push(`a line of the body has more than ${bodyColumnsMax} columns: ${wide}`)
  if (form.breaking !== undefined && !rest.some((line) => line.startsWith('BREAKING CHANGE: '))) {
    problems.push('"!" needs a line "BREAKING CHANGE: …" that says what its users have to do')
  }
  return problems
}

function withoutComments(message) {
  // Below the scissors line git shows the diff.
  const [written] = message.split(/^# -+ >8 -+$/m)
  return written.replace(/^#.*\n?/gm, '').trimStart()
}

function messagesOf(range) {
  const log = execFileSync('git', ['log', '--format=%H%n%B%x00', range], { encoding: 'utf8' })
  const commits = log.split('\0').map((text) => text.trimStart())
  return commits.filter(Boolean).map((text) => {
    const end = text.indexOf('\n')
    return { name: text.slice(0, 10), message: text.slice(end + 1) }
  })
}

function main([first, range]) {
  if (first === undefined || (first === '--range') !== (range !== undefined)) {
    console.error('usage: node scripts/commit-message.mjs <file> | --range <a..b>')
    process.exit(2)
  }
  const messages =
    range === undefined ? [{ name: first, message: readFileSync(first, 'utf8') }] : messagesOf(range)
  for (const { name, message } of messages) {
    for (const problem of messageProblems(message)) {
      console.error(`${name}: ${problem}`)
      process.exitCode = 1
    }
  }
  if (process.exitCode === 1) console.error('See CONTRIBUTING.md#commits.')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2))
