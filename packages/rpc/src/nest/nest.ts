// The one door to Nest and to what it is built on.

export type { ArgumentsHost } from '@nestjs/common'
export type { CustomTransportStrategy, MessageHandler, ReadPacket, WritePacket } from '@nestjs/microservices'
export { BaseRpcContext, BaseRpcExceptionFilter, ClientProxy, Server } from '@nestjs/microservices'
export { isObservable, lastValueFrom, type Observable, throwError } from 'rxjs'
