import { ensembleGround } from './ensemble.ts'
import { etcdGround } from './etcd.ts'
import { fileGround } from './file.ts'
import type { BackendName, Ground } from './ground.ts'
import { redisGround } from './redis.ts'
import { zookeeperGround } from './zookeeper.ts'

/** Every registry that is put to the test. */
export const GROUNDS: Readonly<Record<BackendName, () => Promise<Ground>>> = {
  file: fileGround,
  zookeeper: () => zookeeperGround(),
  etcd: etcdGround,
  redis: redisGround,
  ensemble: ensembleGround,
}
