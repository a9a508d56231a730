import { program } from './program.js'

document.querySelector('#result').textContent = JSON.stringify(await program())
