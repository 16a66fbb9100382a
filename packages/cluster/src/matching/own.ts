/** What is written under this name, never what objects inherit: names come from outside, and may be `constructor`. */
export const own = (facts: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(facts, name) ? facts[name] : undefined
