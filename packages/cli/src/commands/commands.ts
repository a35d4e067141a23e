/** All commands, in the order of the help. */

import type { Command } from './command.ts'
import { helpCommand } from './help-command.ts'
import { rotateKeyCommand } from './rotate-key-command.ts'
import { sealCommand } from './seal-command.ts'
import { sqlCommand } from './sql-command.ts'
import { startCommand } from './start-command.ts'
import { statusCommand } from './status-command.ts'
import { unsealCommand } from './unseal-command.ts'
import { verifyCommand } from './verify-command.ts'
import { versionCommand } from './version-command.ts'

export const commands: readonly Command[] = [
  startCommand,
  sqlCommand,
  statusCommand,
  verifyCommand,
  sealCommand,
  unsealCommand,
  rotateKeyCommand,
  versionCommand,
  helpCommand,
]
