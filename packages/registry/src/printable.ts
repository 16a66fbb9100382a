/**
 * Text from outside, safe to stand in a log line or an error: quoted, cut after `maxChars`, and with every character escaped
 * that could end the line, move the cursor of a terminal or turn the direction of reading.
 */
export function printable(text: string, maxChars: number = 100): string {
  const cut = text.length > maxChars ? `${text.slice(0, maxChars)}…` : text
  return JSON.stringify(cut).replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const UNSAFE = /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]/g
