/** Errors of branches. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const branchErrors = defineErrors('BRANCH', {
  NAME: {
    status: 'invalid_argument',
    message:
      'not a name for a branch: {name}; use segments of letters, digits, _ and - joined by /, at most {charsMax} characters, and not main',
  },
  UNKNOWN: { status: 'not_found', message: 'there is no branch {name}' },
  EXISTS: { status: 'conflict', message: 'there is a branch {name} already' },
  TOO_MANY: {
    status: 'resource_exceeded',
    message: 'the database has {limit} branches, which is all it may have; remove those that are done',
  },
  TOO_DEEP: {
    status: 'resource_exceeded',
    message:
      'branches are forked from one another at most {limit} times; fork from one nearer to main than {name}',
  },
  IS_MAIN: { status: 'invalid_argument', message: 'main cannot be {action}' },
  HAS_CHILDREN: {
    status: 'conflict',
    message: 'the branch {name} cannot be removed while {child} is forked from it',
  },
  DEFINITION: {
    status: 'invalid_query',
    message: '{statement} is for main: a branch has the definitions that its parent had at the fork',
  },
  MERGE_SELF: { status: 'invalid_argument', message: 'the branch {name} cannot be merged into itself' },
  MERGE_UNIQUE: {
    status: 'conflict',
    message: 'merging {source} into {target}: {id} holds a value that index {index} has for another record',
  },
  MERGE_REFUSED: { status: 'conflict', message: 'merging {source} into {target}: {id} {reason}' },
  MERGE_TOO_LARGE: {
    status: 'resource_exceeded',
    message: 'more than {limit} records have changed since the last merge; merge more often',
  },
  NOTHING_TO_RESOLVE: {
    status: 'invalid_argument',
    message: 'there is nothing to decide about {id}: the merge brings no change of such a record',
  },
  RESOLUTION: { status: 'invalid_argument', message: 'the resolution of {id} {reason}' },
})
