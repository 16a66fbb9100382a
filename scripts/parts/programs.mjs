import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Whether a program of this name can be run. */
export const hasProgram = (name) => (process.env.PATH ?? '').split(delimiter).some((folder) => runs(join(folder, name)))

/** The programs that the `zookeeper` addon is compiled with. */
export const COMPILERS = ['make', 'g++', 'python3']

function runs(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
