import { RpcError } from '@kumquat/core'
import { type ArgumentsHost, BaseRpcExceptionFilter, type Observable, throwError } from './nest.ts'

/**
 * Lets an `RpcError` of a handler reach its caller as it is: `app.useGlobalFilters(new RpcErrorFilter())`. Nest would make
 * "Internal server error" of it, as of any error that is no `RpcException`.
 */
export class RpcErrorFilter extends BaseRpcExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): Observable<unknown> {
    return RpcError.is(exception) ? throwError(() => exception) : super.catch(exception as never, host)
  }
}
