import type { StandardSchema } from '@kumquat/rpc'
import type { Static, TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'

/** A type of TypeBox as a Standard Schema, which it is not by itself. */
export const typeboxSchema = <T extends TSchema>(schema: T): StandardSchema<Static<T>> => ({
  '~standard': {
    version: 1,
    vendor: 'typebox',
    validate(value) {
      if (Check(schema, value)) return { value: value as Static<T> }
      return {
        issues: Errors(schema, value).map(({ instancePath, message }) => ({
          message,
          path: instancePath.split('/').slice(1),
        })),
      }
    },
    jsonSchema: { input: () => schema, output: () => schema },
  },
})
