import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'

const run = promisify(execFile)

// Inside the project, so that what is compiled finds the packages it imports.
const CACHE = resolve('node_modules/.cache/kumquat')
const SHARED = ['movies.ts', 'showings.ts'].map((name) => resolve('examples/movie', name))
const PROJECT = resolve('test/compile/project')

const COMPILERS = {
  'TypeScript 6': 'node_modules/typescript/bin/tsc',
  'TypeScript 7': 'node_modules/typescript-7/bin/tsc',
} as const

/** Options of a project, and the service that it decorates. */
const DECORATORS = {
  standard: { options: {}, service: resolve('examples/movie/service.ts') },
  legacy: {
    options: { experimentalDecorators: true, emitDecoratorMetadata: true },
    service: join(PROJECT, 'service.ts'),
  },
} as const

/** How Node finds the packages. */
const PACKAGES = { source: ['--import=tsx', '--conditions=@kumquat/source'], built: [] } as const

const LOADERS = { import: 'esm.mjs', require: 'cjs.cjs' } as const

const names = <T extends object>(table: T): readonly (keyof T & string)[] => Object.keys(table) as (keyof T & string)[]

describe('a project that uses Kumquat', function () {
  // Each compiler takes seconds, and the packages may have to be built first.
  this.timeout(180_000)
  const folders: string[] = []
  before(async () => {
    await run(process.execPath, [COMPILERS['TypeScript 6'], '--build', 'packages/rpc'])
    await mkdir(CACHE, { recursive: true })
  })
  after(async () => {
    for (const folder of folders) await rm(folder, { recursive: true })
  })

  const project = async (decorators: keyof typeof DECORATORS): Promise<string> => {
    const { options, service } = DECORATORS[decorators]
    const folder = await mkdtemp(join(CACHE, 'compile-'))
    folders.push(folder)
    await cp(PROJECT, folder, { recursive: true })
    for (const file of [...SHARED, service]) await cp(file, join(folder, file.slice(file.lastIndexOf('/'))))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2022', strict: true, types: ['node'], noEmitOnError: true },
      ...{ lib: ['es2023', 'esnext.disposable', 'esnext.decorators'], rewriteRelativeImportExtensions: true },
      ...{ rootDir: '.', outDir: 'out', ...options },
    }
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['*.ts', '*.mts', '*.cts'] }),
    )
    return folder
  }

  const compiled = async (compiler: keyof typeof COMPILERS, folder: string): Promise<string> => {
    const { stdout } = await run(process.execPath, [resolve(COMPILERS[compiler]), '-p', folder]).catch((error) => error)
    expect(stdout).to.equal('')
    return join(folder, 'out')
  }

  const itRuns = async (flags: readonly string[], file: string, env: NodeJS.ProcessEnv = {}): Promise<void> => {
    const { stdout } = await run(process.execPath, [...flags, file], { env: { ...process.env, ...env } })
    expect(JSON.parse(stdout)).to.deep.equal(['The Abyss', 'invalid_argument'])
  }

  for (const compiler of names(COMPILERS)) {
    for (const decorators of names(DECORATORS)) {
      describe(`compiled by ${compiler} with ${decorators} decorators`, () => {
        let out: string
        before(async () => {
          out = await compiled(compiler, await project(decorators))
        })
        for (const packages of names(PACKAGES)) {
          for (const loader of names(LOADERS)) {
            it(`runs over the packages from ${packages}, by ${loader}`, () =>
              itRuns(PACKAGES[packages], join(out, LOADERS[loader])))
          }
        }
      })
    }
  }

  for (const decorators of names(DECORATORS)) {
    it(`runs without a compiler, by tsx, with ${decorators} decorators`, async () => {
      const folder = await project(decorators)
      await itRuns(PACKAGES.source, join(folder, 'esm.mts'), { TSX_TSCONFIG_PATH: join(folder, 'tsconfig.json') })
    })
  }
})
