import { render } from 'preact'
import { App } from './app.tsx'
import { router } from './router.ts'
import { after } from './runtime.ts'
import { board } from './state.ts'
import { theme } from './theme.ts'

render(
  <App board={board({ url: 'api/events', page: document, after })} router={router(window)} theme={theme(window)} />,
  document.body,
)
