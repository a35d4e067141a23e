/**
 * `npm start`: the server, from a bundle of its sources.
 * Why a bundle: loading a thousand small modules costs more than all else that a start does. It is made anew
 * when a source is not what it was (scripts/start/bundle.mjs); where none can be written, the sources run.
 */
import { pathToFileURL } from 'node:url'
import { bundledMain, sourceMain } from './start/bundle.mjs'

const main = await bundledMain().catch((error) => {
  process.stderr.write(`running the sources, as they cannot be bundled: ${error.message}\n`)
  return sourceMain
})
process.argv.splice(1, 1, main, 'start')
await import(pathToFileURL(main))
