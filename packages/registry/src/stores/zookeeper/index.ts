export { type ZookeeperOptions, zookeeper } from './zookeeper.ts'
