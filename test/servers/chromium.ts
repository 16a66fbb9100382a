import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

export type { Browser, Page } from 'playwright-core'

/** No sandbox, for the tests may run as root; and no word to anybody but the page under test. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
]

/** Debian's Chromium, without a window. `undefined` where there is none; with `CI=true` that is an error instead. */
export async function launchChromium(): Promise<Browser | undefined> {
  const { CI, PATH = '' } = process.env
  const executablePath = programPath('chromium', PATH)
  if (executablePath !== undefined) return await chromium.launch({ executablePath, args: FLAGS })
  if (CI !== 'true') return undefined
  throw new Error('chromium is not installed: apt-get install --no-install-recommends chromium fonts-dejavu-core')
}

function programPath(name: string, path: string): string | undefined {
  const files = path.split(delimiter).map((folder) => join(folder, name))
  return files.find(runs)
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
