/**
 * Wraps comment lines that are too wide, which the formatter leaves alone.
 * Only what is over the limit moves: to the front of the next line when that goes on with the sentence, else
 * to a line of its own. Tables and examples (runs of spaces, bars) stay as they are.
 *
 *   node scripts/wrap-comments.mjs [file…]      all of ours, or the named ones
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { columnsMax, ourFiles } from './check-style.mjs'

const commentLine = /^(?<indent>\s*)(?<mark>\*|\/\/)(?<gap> +)(?<text>\S.*)$/
const oneLineBlock = /^(?<indent>\s*)\/\*\* (?<text>.*\S) \*\/$/
const laidOut = / {3}|\|.*\||^```/

/** @param {string} text a source file */
export function wrapComments(text) {
  const pending = text.split('\n')
  const wrapped = []
  while (pending.length > 0) {
    const line = pending.shift()
    if (line.length <= columnsMax) wrapped.push(line)
    else if (oneLineBlock.test(line)) pending.unshift(...openBlock(line))
    else wrapped.push(wrapLine(line, pending))
  }
  return wrapped.join('\n')
}

function openBlock(line) {
  const { indent, text } = oneLineBlock.exec(line).groups
  return [`${indent}/**`, `${indent} * ${text}`, `${indent} */`]
}

/** The line as it stays; what does not fit goes to the front of `pending`. */
function wrapLine(line, pending) {
  const match = commentLine.exec(line)
  if (match === null || laidOut.test(match.groups.text)) return line
  const { indent, mark, gap, text } = match.groups
  const room = columnsMax - indent.length - mark.length - gap.length
  const cut = text.lastIndexOf(' ', room)
  if (cut <= 0) return line
  // The text of an item lines up under its first word.
  const hang = /^(- |\d+\. )/.exec(text)?.[0].length ?? 0
  const prefix = `${indent}${mark}${gap}${' '.repeat(hang)}`
  const rest = text.slice(cut + 1)
  const next = pending[0]?.startsWith(prefix) ? pending[0].slice(prefix.length) : ''
  if (continues(text, next)) {
    pending[0] = `${prefix}${rest} ${next}`
  } else {
    pending.unshift(`${prefix}${rest}`)
  }
  return `${indent}${mark}${gap}${text.slice(0, cut)}`
}

function continues(text, next) {
  if (!/^[\p{L}\d`(]/u.test(next) || laidOut.test(next) || /^\d+\. /.test(next)) return false
  return /^\p{Ll}/u.test(next) || !/[.:;]$/.test(text)
}

function main() {
  const root = path.resolve(import.meta.dirname, '..')
  const named = process.argv.slice(2).map((file) => path.resolve(file))
  for (const file of named.length > 0 ? named : ourFiles(root).map((name) => path.join(root, name))) {
    const text = readFileSync(file, 'utf8')
    const wrapped = wrapComments(text)
    if (wrapped === text) continue
    writeFileSync(file, wrapped)
    console.log(path.relative(root, file))
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
