// Installs the Debian packages that the tests use, where that is possible. The tests themselves say what they miss.
import { existsSync, readdirSync } from 'node:fs'
import { apt } from './parts/apt.mjs'
import { isMain, say } from './parts/checkout.mjs'
import { COMPILERS, hasProgram } from './parts/programs.mjs'

const hasFonts = () => existsSync('/usr/share/fonts') && readdirSync('/usr/share/fonts').length > 0
const hasZooKeeper = () => existsSync('/usr/share/java/zookeeper.jar') && hasProgram('java')

const WANTED = [
  {
    name: 'zookeeper',
    why: 'the registry is tested against a real one',
    missing: () => process.env.KUMQUAT_TEST_ZOOKEEPER === undefined && !hasZooKeeper(),
  },
  {
    name: 'etcd-server',
    why: 'the registry is tested against a real one',
    missing: () => !hasProgram('etcd'),
  },
  {
    name: 'etcd-client',
    why: 'the commands of the documentation are run',
    missing: () => !hasProgram('etcdctl'),
  },
  {
    name: 'redis-server',
    why: 'the registry is tested against a real one',
    missing: () => !hasProgram('redis-server'),
  },
  {
    name: 'chromium',
    why: 'the dashboard is tested in a real browser',
    missing: () => !hasProgram('chromium'),
  },
  { name: 'fonts-dejavu-core', why: 'the browser draws text with it', missing: () => !hasFonts() },
  ...COMPILERS.map((name) => ({
    name,
    why: 'the zookeeper addon is compiled with it',
    missing: () => !hasProgram(name),
  })),
]

export async function servers() {
  const missing = WANTED.filter((wanted) => wanted.missing())
  if (missing.length === 0) return
  const list = missing.map(({ name, why }) => `  ${name}: ${why}`).join('\n')
  if (process.getuid?.() !== 0 || !hasProgram('apt-get')) {
    say(`Not installed here, and only root can do so with apt-get; what needs it is left out:\n${list}`)
    return
  }
  say(`Installing from Debian's packages, without starting anything:\n${list}`)
  const status = await apt(missing.map(({ name }) => name))
  if (status !== 0) say(`apt-get ended with status ${status}; what needs these packages is left out.`)
}

if (isMain(import.meta)) await servers()
