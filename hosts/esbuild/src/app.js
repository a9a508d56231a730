import { init } from 'zgkit'
import * as wasm from 'zgkit/inline'
import { program } from './program.js'

// esbuild copies no files beside its output, so the modules are taken along as text.
init({ wasm })
  .then(program)
  .then(result => {
    document.querySelector('#result').textContent = JSON.stringify(result)
  })
