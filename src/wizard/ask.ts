import { visible } from '../core/sanitise.js'
import type { Ask } from '../transport/ask.js'
import { askSecret, askText, confirm } from './prompt.js'

/** What only a person knows while a connection is made. The words come from a host: they are shown, not obeyed. */
export const ask: Ask = async ({ about, text, secret }) => {
  const message = visible(text)
  if (about === 'host-key') return (await confirm(message)) ? 'yes' : 'no'
  const answer = secret ? await askSecret(message) : await askText(message)
  return answer === '' ? undefined : answer
}
