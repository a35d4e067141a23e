/** All commands, in the order of the help. */

import { backupCommand } from './backup-command.ts'
import { branchCommand } from './branch-command.ts'
import type { Command } from './command.ts'
import { compactCommand } from './compact-command.ts'
import { dbCommand } from './db-command.ts'
import { diffCommand } from './diff-command.ts'
import { eraseCommand } from './erase-command.ts'
import { exportCommand } from './export-command.ts'
import { helpCommand } from './help-command.ts'
import { historyCommand } from './history-command.ts'
import { importCommand } from './import-command.ts'
import { proofCommand } from './proof-command.ts'
import { rebuildCommand } from './rebuild-command.ts'
import { restoreCommand } from './restore-command.ts'
import { rotateKeyCommand } from './rotate-key-command.ts'
import { sealCommand } from './seal-command.ts'
import { sqlCommand } from './sql-command.ts'
import { startCommand } from './start-command.ts'
import { statusCommand } from './status-command.ts'
import { unsealCommand } from './unseal-command.ts'
import { verifyCommand } from './verify-command.ts'
import { verifyProofCommand } from './verify-proof-command.ts'
import { versionCommand } from './version-command.ts'

export const commands: readonly Command[] = [
  startCommand,
  sqlCommand,
  historyCommand,
  diffCommand,
  branchCommand,
  eraseCommand,
  compactCommand,
  dbCommand,
  statusCommand,
  proofCommand,
  verifyProofCommand,
  backupCommand,
  restoreCommand,
  exportCommand,
  importCommand,
  verifyCommand,
  rebuildCommand,
  sealCommand,
  unsealCommand,
  rotateKeyCommand,
  versionCommand,
  helpCommand,
]
