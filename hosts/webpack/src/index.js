import { program } from './program.js'

program().then(result => {
  document.querySelector('#result').textContent = JSON.stringify(result)
})
