import 'reflect-metadata'
import { createServer } from 'node:net'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ClientProxyFactory, MessagePattern, Payload, Transport } from '@nestjs/microservices'
import { lastValueFrom } from 'rxjs'
import { work } from '../work.mjs'

class Items {
  getItem(asked) {
    return work(asked)
  }
}
Reflect.decorate(
  [MessagePattern('getItem')],
  Items.prototype,
  'getItem',
  Object.getOwnPropertyDescriptor(Items.prototype, 'getItem'),
)
Payload()(Items.prototype, 'getItem', 0)
class App {}
Module({ controllers: [Items] })(App)
Reflect.decorate([(await import('@nestjs/common')).Controller()], Items)

export async function serve() {
  const port = await freePort()
  const options = { host: '127.0.0.1', port }
  const app = await NestFactory.createMicroservice(App, { transport: Transport.TCP, options, logger: false })
  await app.listen()
  return String(port)
}

export async function connect(addresses) {
  const clients = addresses.map((port) =>
    ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port: Number(port) } }),
  )
  await Promise.all(clients.map((client) => client.connect()))
  let turn = 0
  return (asked) => lastValueFrom(clients[turn++ % clients.length].send('getItem', asked))
}

async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}
