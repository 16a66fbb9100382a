/** Loads a package that only some need. Throws `TypeError` that says how to install it. */
export async function optionalPeer<Module>(load: () => Promise<Module>, name: string, what: string): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)
    throw new TypeError(
      `${what} needs the package "${name}", which cannot be loaded: ${why}; run: npm install ${name}`,
      {
        cause,
      },
    )
  }
}
