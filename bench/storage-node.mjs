// @ts-check
/** The storage node of the example, serving a pattern of as many bytes as it is told, until who started it is gone. */
import { startStorageNode } from '../examples/with-0g-sdk/storage-node.mjs'
import { patternBytes } from './data.mjs'

const { url, root } = await startStorageNode(patternBytes(Number(process.argv[2])))
process.send?.({ url, root })
process.on('disconnect', () => process.exit())
