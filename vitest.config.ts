import { defineConfig } from 'vitest/config'
import { browserProject } from './ts/test/browser-project.js'

const deep = Boolean(process.env.ZGKIT_DEEP)

// The tests run on ts/dist, the files that are packed: what is tested is what ships.
const node = {
  test: {
    name: 'node',
    include: [`ts/test/{vectors,unit,node${deep ? ',deep' : ''}}/**/*.test.ts`],
    testTimeout: deep ? 1_200_000 : 120_000,
    hookTimeout: 60_000,
    // A thread starts sooner than a process, and has its own modules as well.
    pool: 'threads',
    server: { deps: { external: [/ts\/dist\//] } },
  },
}

const browser = browserProject(process.env.CHROMIUM_PATH, deep)

// A test file on every core, by default one core would be left for the reporter; the long tests measure, and want it.
const maxWorkers = deep ? undefined : '100%'

export default defineConfig({ test: { maxWorkers, projects: browser ? [node, browser] : [node] } })
