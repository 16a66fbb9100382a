import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import ts from 'typescript'
import type { Decorated } from '../decorated.ts'

type Compiled = { readonly Decorated: typeof Decorated }

// Inside the project, so that what is compiled finds the packages it imports.
const CACHE = resolve('node_modules/.cache/kumquat')

describe('decorators', function () {
  this.timeout(60_000)
  let folder: string
  before(async () => {
    await mkdir(CACHE, { recursive: true })
    folder = await mkdtemp(join(CACHE, 'decorators-'))
  })
  after(() => rm(folder, { recursive: true }))

  /** Type-checks and compiles the class as a project with these options does, and loads what came out. */
  const compiled = async (name: string, options: ts.CompilerOptions): Promise<Compiled> => {
    const outDir = join(folder, name)
    const program = ts.createProgram([resolve('packages/rpc/test/decorated.ts')], {
      ...{ module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, strict: true, skipLibCheck: true },
      ...{
        customConditions: ['@kumquat/source'],
        allowImportingTsExtensions: true,
        rewriteRelativeImportExtensions: true,
      },
      ...{ lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.esnext.decorators.d.ts'], types: ['node'] },
      ...{ rootDir: resolve('.'), outDir, ...options },
    })
    const file = program.getSourceFiles().find(({ fileName }) => fileName.endsWith('decorated.ts'))!
    const complaints = program.getSemanticDiagnostics(file).map(({ messageText }) => messageText)
    expect(complaints).to.deep.equal([])
    program.emit(file)
    return await import(pathToFileURL(join(outDir, 'packages/rpc/test/decorated.js')).href)
  }

  const itWorks = async ({ Decorated }: Compiled): Promise<void> => {
    // By import(), as what was compiled: a test file itself may be loaded by require(), which has its own copy of a module.
    const { offerOf } = await import('../../src/contract/offer.ts')
    const { targetOf } = await import('../../src/contract/target.ts')
    const { declaration, methods } = offerOf(new Decorated('Movie'))
    expect(declaration).to.deep.equal({
      service: { app: 'movie', group: 'catalog' },
      version: 'V1',
      exposeErrors: false,
    })
    expect([...methods.keys()]).to.deep.equal(['get', 'rent'])
    expect(await methods.get('get')?.run([7])).to.equal('Movie 7')
    expect(methods.get('get')?.check?.('7')).to.equal('id must be a number')
    expect([...targetOf(Decorated).idempotent]).to.deep.equal(['get'])
  }

  it('work from source', async () => itWorks(await import('../decorated.ts')))

  it('work as tsc compiles standard decorators', async () => itWorks(await compiled('standard', {})))

  it('work as tsc compiles experimental decorators', async () =>
    itWorks(await compiled('experimental', { experimentalDecorators: true, emitDecoratorMetadata: true })))
})
