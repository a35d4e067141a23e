/** `ddb branch`. */

import type { Command } from './command.ts'
import { connectionOptions, databaseOption } from './shared-options.ts'

export const branchCommand: Command = {
  name: 'branch',
  summary: 'make, list, compare, merge and discard branches',
  usage: 'list | create NAME | diff NAME | merge NAME | discard NAME [options]',
  about: [
    'A branch begins with the state of main, or of another branch, and is changed apart from it: "ddb ' +
      'sql --branch NAME" works on it. "diff" shows what it has changed, "merge" brings that into main, ' +
      '"discard" removes it; its commits stay in the chain.',
    'It asks the server at --url, as an administrator. With --data alone it opens that folder in this ' +
      'process, unless a server has it open. A merge that meets conflicts lists them, writes nothing, ' +
      'and ends with exit code 75.',
  ],
  options: [
    databaseOption,
    { name: 'from', value: 'NAME', about: 'create: branch to fork; diff: branch to compare with' },
    {
      name: 'at',
      value: 'COMMIT',
      about: 'create: commit, or instant, whose state it begins with; diff: that of --from',
    },
    { name: 'comment', value: 'TEXT', about: 'create: what it is for' },
    { name: 'table', value: 'NAME', about: 'diff: only this table; may be given several times' },
    { name: 'limit', value: 'NUMBER', about: 'diff: at most so many records' },
    { name: 'into', value: 'NAME', default: 'main', about: 'merge: branch that takes the changes' },
    {
      name: 'resolve',
      value: 'SIDE',
      about:
        'merge: decide conflicts for the target (ours) or for the branch (theirs); ID=ours, ID=theirs or ' +
        'ID=delete decides one record; may be given several times',
    },
    { name: 'strict', about: 'merge: records that both have changed are in conflict, whichever fields' },
    ...connectionOptions,
    { name: 'json', about: 'print a line of JSON per branch, change or conflict' },
  ],
  operandsMax: 2,
  examples: [
    { command: 'ddb branch create sale', about: 'fork main as it is now' },
    { command: 'ddb sql --branch sale', about: 'work on it' },
    { command: 'ddb branch diff sale', about: 'see what it has changed' },
    { command: 'ddb branch merge sale --resolve theirs', about: 'bring it into main' },
    {
      command: 'ddb branch merge sale --resolve product:1=ours --resolve product:2=delete',
      about: 'decide conflicts record by record',
    },
    { command: 'ddb branch discard sale', about: 'remove it' },
  ],
  async run({ args, io }) {
    const { runBranch } = await import('../branch/run-branch.ts')
    return runBranch(args, io)
  },
}
