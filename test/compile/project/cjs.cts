import { calls } from './main.ts'

void calls(42).then((said) => console.log(JSON.stringify(said)))
