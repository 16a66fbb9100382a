import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import grpc from '@grpc/grpc-js'
import loader from '@grpc/proto-loader'
import { DEADLINE_MS, work } from '../work.mjs'

const PROTO = `syntax = "proto3";
package bench;
service Items { rpc GetItem (Request) returns (Item); }
message Request { int32 id = 1; string name = 2; string pad = 3; }
message Item { int32 id = 1; string name = 2; repeated string tags = 3; string pad = 4; }`

const limits = { 'grpc.max_receive_message_length': 8 * 2 ** 20, 'grpc.max_send_message_length': 8 * 2 ** 20 }

function loaded() {
  const file = join(mkdtempSync(join(tmpdir(), 'kumquat-peers-grpc-')), 'items.proto')
  writeFileSync(file, PROTO)
  return grpc.loadPackageDefinition(loader.loadSync(file)).bench.Items
}

const in3s = () => new globalThis.Date(globalThis.Date.now() + DEADLINE_MS)

export async function serve() {
  const server = new grpc.Server(limits)
  server.addService(loaded().service, { GetItem: ({ request }, done) => done(null, work(request)) })
  const credentials = grpc.ServerCredentials.createInsecure()
  const port = await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  )
  return `127.0.0.1:${port}`
}

export async function connect(addresses) {
  const target = addresses.length === 1 ? addresses[0] : `ipv4:${addresses.join(',')}`
  const config = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] })
  const client = new (loaded())(target, grpc.credentials.createInsecure(), { ...limits, 'grpc.service_config': config })
  return (asked) =>
    new Promise((resolve, reject) =>
      client.GetItem(asked, { deadline: in3s() }, (error, reply) => (error ? reject(error) : resolve(reply))),
    )
}
