/**
 * `string::html::encode`: text that stands for itself wherever it is put into an HTML document, also in an
 * attribute without quotes.
 */

import * as kinds from '../argument-kinds.ts'
import { pureFunction } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { overload, required } from '../overload.ts'
import { checkTextSize } from '../result-size.ts'

const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
  '\0': '&#65533;',
}

export const htmlFunctions: readonly FunctionDefinition[] = [
  pureFunction(
    'string::html::encode',
    overload([required('text', kinds.string)], 'string', ([text], context) => {
      // No character becomes longer than eight.
      checkTextSize('string::html::encode', text.length * 8, context)
      return text.replace(/[<>&"'/=` \t\n\f\r\0]/g, (char) => entities[char] ?? `&#${char.charCodeAt(0)};`)
    }),
  ),
]
