import type { InputOf, OutputOf, StandardSchema } from './standard-schema.ts'

export type AnyMethod = (...args: never[]) => unknown

/** The schema of the one argument, or one for each, by position. */
export type InputSchemas = StandardSchema | readonly StandardSchema[]

/** A method as its callers see it: they send what the schemas take, and get what the method returned. */
export type CallerSide<I extends InputSchemas, O extends StandardSchema> = (
  ...args: Optional<Taken<Listed<I>>>
) => InputOf<O>

/** A method as its author writes it: with what the schemas made of the arguments. */
export type HandlerSide<I extends InputSchemas, O extends StandardSchema> = (
  ...args: Optional<Made<Listed<I>>>
) => InputOf<O>

/** A server stream as its callers see it: `output` is what each item is. */
export type StreamCallerSide<I extends InputSchemas, O extends StandardSchema> = (
  ...args: Optional<Taken<Listed<I>>>
) => AsyncIterable<InputOf<O>>

/** A server stream as its author writes it. */
export type StreamHandlerSide<I extends InputSchemas, O extends StandardSchema> = (
  ...args: Optional<Made<Listed<I>>>
) => AsyncIterable<InputOf<O>>

type Listed<I extends InputSchemas> = I extends readonly StandardSchema[] ? I : readonly [I & StandardSchema]

type Taken<List extends readonly StandardSchema[]> = { -readonly [At in keyof List]: InputOf<List[At]> }

type Made<List extends readonly StandardSchema[]> = { -readonly [At in keyof List]: OutputOf<List[At]> }

/** The last arguments may be left out where `undefined` will do. */
type Optional<Args extends readonly unknown[]> = Args extends readonly [...infer Before, infer Last]
  ? undefined extends Last
    ? [...Optional<Before>, Last?]
    : Args
  : Args
