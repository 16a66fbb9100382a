import { RpcError } from '@kumquat/core'
import { type KumquatContext, KumquatServer, type KumquatServerOptions, RpcErrorFilter } from '@kumquat/rpc/nest'
import { Controller, type INestMicroservice, Logger, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { MicroserviceOptions } from '@nestjs/microservices'
import { Ctx, EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices'
import { from, of, throwError } from 'rxjs'

/** What a controller of a Nest app might do. */
export const handlers = {
  getMovie: (id: number) => ({ id, title: `Movie ${id}` }),
  add: ([a, b]: readonly number[]) => a! + b!,
  whoCalls: (_: unknown, { call }: KumquatContext) => ({ caller: call.caller, method: call.method }),
  stream: () => from([1, 2, 3]),
  nothing: () => of(),
  refuse: () => {
    throw new RpcError('not_found', 'no such movie')
  },
  refuseNest: () => {
    throw new RpcException({ status: 'sold out', message: 'no copy is left' })
  },
  refuseText: () => throwError(() => new RpcException('closed on Sundays')),
  fail: () => {
    throw new Error('the password is 1234')
  },
}

/**
 * A microservice with a controller of these handlers, and an event. Its decorators are called as functions, because these tests
 * are compiled with standard ones.
 */
export async function shop(
  options: Pick<KumquatServerOptions, 'registry'> & Partial<KumquatServerOptions>,
  rented: unknown[] = [],
): Promise<{ readonly app: INestMicroservice; readonly server: KumquatServer }> {
  class Shop {}
  const handle = (name: string, handler: unknown, mark: MethodDecorator): void => {
    Object.defineProperty(Shop.prototype, name, { value: handler, configurable: true, writable: true })
    mark(Shop.prototype, name, Object.getOwnPropertyDescriptor(Shop.prototype, name)!)
  }
  for (const [name, handler] of Object.entries(handlers)) {
    handle(name, handler, MessagePattern(name, { idempotent: name === 'getMovie' }))
  }
  handle('rented', (id: unknown) => void rented.push(id), EventPattern('rented') as MethodDecorator)
  const wait = (_: unknown, { call }: KumquatContext) =>
    new Promise((resolve) => {
      rented.push('waiting')
      call.signal!.addEventListener('abort', () => resolve(rented.push('gone')))
    })
  handle('wait', wait, MessagePattern('wait'))
  for (const name of ['wait', 'whoCalls']) {
    Payload()(Shop.prototype, name, 0)
    Ctx()(Shop.prototype, name, 1)
  }
  Controller()(Shop)
  class AppModule {}
  Module({ controllers: [Shop] })(AppModule)

  const server = new KumquatServer({ app: 'movie', group: 'shop', quietMs: 0, signals: [], ...options })
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule, { strategy: server })
  Logger.overrideLogger(false)
  app.useGlobalFilters(new RpcErrorFilter())
  return { app, server }
}
