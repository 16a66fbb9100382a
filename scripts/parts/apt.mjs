import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { say } from './checkout.mjs'
import { runQuietly } from './run.mjs'

/** Debian asks this program before a package starts a service; 101 forbids it. */
const POLICY = '/usr/sbin/policy-rc.d'
const PUT_ASIDE = `${POLICY}.before-kumquat`
const FORBID = '#!/bin/sh\n# Put here by the tests of Kumquat while they install packages.\nexit 101\n'

/** Installs Debian packages and starts none of their services. Resolves with the exit status of apt-get. */
export async function apt(packages) {
  const install = ['install', '--yes', '--no-install-recommends', ...packages]
  forbidStarts()
  process.once('exit', allowStarts)
  try {
    // The lists of a fresh machine are empty or old: fetch them only when it does not work without.
    if ((await aptGet(...install)).status === 0) return 0
    for (const step of [['update'], install]) {
      const { status, output } = await aptGet(...step)
      if (status === 0) continue
      say(output.trimEnd())
      return status
    }
    return 0
  } finally {
    process.off('exit', allowStarts)
    allowStarts()
  }
}

const aptGet = (...args) =>
  runQuietly('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '--quiet', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })

function forbidStarts() {
  if (existsSync(POLICY) && !isOurs()) renameSync(POLICY, PUT_ASIDE)
  writeFileSync(POLICY, FORBID, { mode: 0o755 })
}

/** Leaves alone what another has put there meanwhile. */
function allowStarts() {
  if (!existsSync(POLICY) || !isOurs()) return
  if (existsSync(PUT_ASIDE)) renameSync(PUT_ASIDE, POLICY)
  else rmSync(POLICY)
}

const isOurs = () => readFileSync(POLICY, 'utf8') === FORBID
