import { cancelling } from './transports/cancelling.ts'
import { crowds } from './transports/crowds.ts'
import { deadlines } from './transports/deadlines.ts'
import { endings } from './transports/endings.ts'
import { errors } from './transports/errors.ts'
import { facts } from './transports/facts.ts'
import { limits } from './transports/limits.ts'
import { names } from './transports/names.ts'
import { observing } from './transports/observing.ts'
import { type Encoded, type MakeTransport, stages } from './transports/stage.ts'
import { values } from './transports/values.ts'

/** What every transport must do with calls of one request and one reply, whatever carries them. */
export function transportContract(name: string, make: MakeTransport, encoded: Encoded = JSON_TEXT): void {
  describe(`${name}, as every transport,`, () => {
    const begin = stages(make)
    values(begin, encoded)
    names(begin)
    errors(begin)
    facts(begin)
    limits(begin, encoded)
    deadlines(begin)
    cancelling(begin)
    crowds(begin)
    endings(begin, make)
    observing(begin)
  })
}

const JSON_TEXT: Encoded = { textBytes: '""'.length, listBytes: '[]'.length, loneSurrogate: '\ud800' }
