#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { CHUNK_BYTES } from '../limits.js'
import { PROTOCOL, VERSION } from '../version.js'
import type { Target } from './commands.js'
import { EXIT, print, printError } from './output.js'

/** A count on the command line: decimal digits, nothing else. */
function count(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('expected an integer from 0 to 2^53 - 1')
  }
  return value
}

/** A count that is not zero. */
function positive(text: string): number {
  const value = count(text)
  if (value === 0) throw new InvalidArgumentError('expected at least 1')
  return value
}

/** A file's length: files have at least one byte. */
function size(text: string): number {
  const value = count(text)
  if (value === 0) throw new InvalidArgumentError('a file has at least one byte')
  return value
}

function hash(text: string): string {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw new InvalidArgumentError('expected 0x and 64 hex digits')
  return text
}

const segmentOption = () =>
  new Option('--segment <index>', 'the segment (256 KiB)').argParser(count).conflicts('sector')
const sectorOption = () => new Option('--sector <index>', 'the sector (256 bytes) of the padded file').argParser(count)
const commitmentOption = () =>
  new Option('--commitment <hash>', 'the trusted commitment; else what the manifest or most shards claim').argParser(
    hash,
  )
const evidenceOption = () => new Option('--evidence <file>', 'where to write evidence if the encoder lied')
const jsonOption = () => new Option('--json', 'print JSON').default(false)

interface TargetOptions {
  readonly segment?: number
  readonly sector?: number
}

function targetOf({ segment, sector }: TargetOptions): Target | undefined {
  if (segment !== undefined) return { kind: 'segment', index: segment }
  return sector === undefined ? undefined : { kind: 'sector', index: sector }
}

/** Each command loads what it needs: loading everything takes longer than most of them do. */
async function run(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json')
  if (argv.includes('--version') || argv.includes('-V')) {
    print(json, { version: VERSION, protocol: PROTOCOL }, [VERSION])
    return EXIT.ok
  }
  let exit: number = EXIT.ok
  const program = new Command('zgkit')
    .description('File roots, Merkle proofs and their strict verification for the 0G storage network')
    .option('-V, --version', 'print the version and the protocol revisions that it follows')
    .exitOverride()
    .showHelpAfterError('(zgkit --help lists the commands)')
  program
    .command('doctor')
    .description('say which tiers work here, and why others do not')
    .addOption(jsonOption())
    .action(async options => {
      const { doctor } = await import('./doctor.js')
      exit = await doctor(options)
    })
  program
    .command('root')
    .description('compute the file root; - is stdin, of any length')
    .argument('<file>')
    .addOption(jsonOption())
    .action(async (file, options) => {
      const { root } = await import('./commands.js')
      exit = await root(file, options)
    })
  const proveCommand = program
    .command('prove')
    .description('make the proof of a segment or sector')
    .argument('<file>')
    .addOption(segmentOption())
    .addOption(sectorOption())
    .addOption(jsonOption())
    .action(async (file, options) => {
      const target = targetOf(options)
      if (!target) return proveCommand.error('error: one of --segment and --sector is needed', { exitCode: EXIT.usage })
      const { prove } = await import('./commands.js')
      exit = await prove(file, target, options)
    })
  program
    .command('verify')
    .description('verify bytes against a root and a proof; - is stdin')
    .argument('<data>', 'the bytes of the segment or sector')
    .addOption(new Option('--root <hash>', 'the trusted file root').argParser(hash).makeOptionMandatory())
    .addOption(new Option('--size <bytes>', 'the trusted length of the file').argParser(size).makeOptionMandatory())
    .addOption(new Option('--proof <file>', 'the proof').makeOptionMandatory())
    .addOption(segmentOption())
    .addOption(sectorOption())
    .addOption(jsonOption())
    .action(async (data, options) => {
      const { verify } = await import('./commands.js')
      exit = await verify(data, { ...options, target: targetOf(options) })
    })
  program
    .command('verify-answer')
    .description('verify a mined answer as the mine contract would, with every value on the way')
    .argument('<case>', 'JSON with answer, context, poraTarget, subtaskDigest, sealRanges, maxShards; - is stdin')
    .option('--contract-exact', 'the contract’s own verdict, without our stricter rules', false)
    .addOption(jsonOption())
    .action(async (file, options) => {
      const { verifyAnswerCase } = await import('./answer.js')
      exit = await verifyAnswerCase(file, options)
    })
  program
    .command('download')
    .description('download a file from storage nodes, every byte verified; run again, it goes on where it stopped')
    .addOption(new Option('--root <hash>', 'the trusted file root').argParser(hash).makeOptionMandatory())
    .addOption(new Option('--size <bytes>', 'the trusted length of the file').argParser(size).makeOptionMandatory())
    .addOption(new Option('--from <url...>', 'storage nodes, by the URLs of their JSON-RPC').makeOptionMandatory())
    .addOption(new Option('--out <file>', 'the file to write').makeOptionMandatory())
    .addOption(new Option('--concurrency <n>', 'most segments under way').argParser(positive).default(8))
    .addOption(
      new Option('--idle-timeout-ms <ms>', 'how long a node may send nothing').argParser(positive).default(30_000),
    )
    .addOption(jsonOption())
    .action(async options => {
      const { download } = await import('./download/download.js')
      exit = await download(options)
    })
  program
    .command('encode')
    .description('encode a file to shards of which any K give it back')
    .argument('<file>')
    .addOption(new Option('--data <k>', 'number of data shards').argParser(count).makeOptionMandatory())
    .addOption(new Option('--parity <m>', 'number of parity shards').argParser(count).makeOptionMandatory())
    .addOption(new Option('--out <folder>', 'where the shards go').makeOptionMandatory())
    .addOption(
      new Option('--codec <name>', 'the code').choices(['rs8-vandermonde', 'rs8-cauchy']).default('rs8-vandermonde'),
    )
    .addOption(
      new Option('--chunk <bytes>', 'a power of two from 4096 to 1048576').argParser(count).default(CHUNK_BYTES),
    )
    .addOption(jsonOption())
    .action(async (file, options) => {
      const { encode } = await import('./erasure/encode.js')
      exit = await encode(file, options)
    })
  program
    .command('reconstruct')
    .description('restore a file from the shards in a folder')
    .argument('<folder>')
    .addOption(new Option('--out <file>', 'the file to write').makeOptionMandatory())
    .addOption(commitmentOption())
    .addOption(evidenceOption())
    .addOption(jsonOption())
    .action(async (folder, options) => {
      const { reconstruct } = await import('./erasure/reconstruct.js')
      exit = await reconstruct(folder, options)
    })
  program
    .command('repair')
    .description('rewrite the shards in a folder that are missing or bad')
    .argument('<folder>')
    .addOption(commitmentOption())
    .addOption(evidenceOption())
    .addOption(jsonOption())
    .action(async (folder, options) => {
      const { repair } = await import('./erasure/repair.js')
      exit = await repair(folder, options)
    })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exit
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    return printError(json, error)
  }
}

// Not process.exit(): what is still to be written to a pipe would be lost.
run(process.argv.slice(2)).then(code => {
  process.exitCode = code
})
