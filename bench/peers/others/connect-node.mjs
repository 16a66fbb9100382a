import { createServer } from 'node:http2'
import { create, createFileRegistry } from '@bufbuild/protobuf'
import {
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt'
import { createClient } from '@connectrpc/connect'
import { connectNodeAdapter, createConnectTransport } from '@connectrpc/connect-node'
import { DEADLINE_MS, work } from '../work.mjs'

const field = (fieldName, number, type, label = Label.OPTIONAL) => ({
  name: fieldName,
  number,
  type,
  label,
  jsonName: fieldName,
})
const file = create(FileDescriptorProtoSchema, {
  name: 'items.proto',
  package: 'bench',
  syntax: 'proto3',
  messageType: [
    {
      name: 'Request',
      field: [field('id', 1, Type.INT32), field('name', 2, Type.STRING), field('pad', 3, Type.STRING)],
    },
    {
      name: 'Item',
      field: [
        ...[field('id', 1, Type.INT32), field('name', 2, Type.STRING)],
        ...[field('tags', 3, Type.STRING, Label.REPEATED), field('pad', 4, Type.STRING)],
      ],
    },
  ],
  service: [{ name: 'Items', method: [{ name: 'GetItem', inputType: '.bench.Request', outputType: '.bench.Item' }] }],
})
const Items = createFileRegistry(file, () => undefined).getService('bench.Items')

export async function serve() {
  const handler = connectNodeAdapter({
    routes: (router) => router.service(Items, { getItem: work }),
    readMaxBytes: 8 * 2 ** 20,
  })
  const server = createServer(handler)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${server.address().port}`
}

export async function connect(addresses) {
  const clients = addresses.map((baseUrl) => createClient(Items, createConnectTransport({ baseUrl, httpVersion: '2' })))
  let turn = 0
  return (asked) => clients[turn++ % clients.length].getItem(asked, { timeoutMs: DEADLINE_MS })
}
