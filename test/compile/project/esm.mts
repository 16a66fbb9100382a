import { calls } from './main.ts'

console.log(JSON.stringify(await calls(42)))
