import type { VNode } from 'preact'
import { useState } from 'preact/hooks'

export interface CommandProps {
  readonly text: string
}

/** A line for the terminal or the editor, with a button that copies it where the browser allows that. */
export function Command({ text }: CommandProps): VNode {
  const [copied, setCopied] = useState(false)
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <div class="command">
      <code>{text}</code>
      {window.isSecureContext && (
        <button type="button" onClick={copy} onBlur={() => setCopied(false)}>
          {copied ? 'Copied' : 'Copy'}
        </button>
      )}
    </div>
  )
}
