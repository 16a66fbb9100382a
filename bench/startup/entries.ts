import { readdirSync, readFileSync } from 'node:fs'

/** What can be imported of the packages, such as `@kumquat/rpc/testing`. */
export function entries(): readonly string[] {
  return readdirSync(PACKAGES).flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(new URL(`${folder}/package.json`, PACKAGES), 'utf8')) as Manifest
    const paths = Object.keys(manifest.exports).filter((path) => !path.endsWith('.json'))
    return paths.map((path) => manifest.name + path.slice(1))
  })
}

const PACKAGES = new URL('../../packages/', import.meta.url)

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
}
