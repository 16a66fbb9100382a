// npm run demo:kill: half a minute of the demo on a real ZooKeeper, with a provider killed and started again.
import { startZookeeper } from '../servers/zookeeper.ts'
import { killAndRestart } from './kill-and-restart.ts'

const ROOT = '/lemonhjuice'
const SCHEDULE = { seconds: 30, killAt: 10, restartAt: 20 }
const BACK_WITHIN_MS = 2_000

const server = await startZookeeper()
try {
  const registry = server.url(ROOT)
  const { killAt, restartAt, seconds } = SCHEDULE
  console.error(
    `npm start -- --registry ${registry} --seconds ${seconds} --json; kill at ${killAt} s, start at ${restartAt} s`,
  )
  const meanwhile = async (): Promise<void> => console.error(await server.zkCli('ls', '-R', ROOT))
  const { status, report, said, ...back } = await killAndRestart({ ...SCHEDULE, registry, meanwhile })
  console.error(said)
  console.log(JSON.stringify({ status, ...report, back: { ...back, stdout: undefined, stderr: undefined } }, null, 2))
  const good = status === 0 && report?.failed === 0 && back.backAfterMs < BACK_WITHIN_MS && back.left.length === 0
  process.exitCode = good ? 0 : 1
} finally {
  await server.stop()
}
