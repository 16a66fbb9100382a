import { readFileSync, writeFileSync } from 'node:fs'

/** Ratios as they once were, on one machine and one version of Node. All are of costs, so that more is worse. */
export interface Baseline {
  readonly node: string
  readonly ratios: Readonly<Record<string, number>>
}

export function readBaseline(): Baseline {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Baseline
}

export function writeBaseline(ratios: Baseline['ratios']): void {
  writeFileSync(FILE, `${JSON.stringify({ node: process.version, ratios }, undefined, 2)}\n`)
}

const FILE = new URL('baseline.json', import.meta.url)
