import { loadText } from '../config/load.js'
import { overlaid } from '../config/overrides.js'
import { flagsText } from '../wizard/flags-text.js'
import type { State } from '../wizard/state.js'
import { keysInOrder } from '../wizard/texts.js'
import { bringThere } from './bring.js'
import type { ApplyOptions } from './options.js'
import { lookAt } from './look.js'
import type { Session } from './session.js'
import { warn } from './settings.js'
import { targetOf } from './target.js'
import type { Begun } from './wizard-begin.js'
import { schemaUrl } from './wizard-files.js'
import type { WizardHost } from './wizard-host.js'

/** The flags file; what options said that the wizard does not ask for is in it, too. */
export const textOf = ({ overrides, host }: Begun, { draft, sources }: State): string => {
  const others = overrides.filter(({ path: [key] }) => key === 'code' || !keysInOrder.some((one) => one === key))
  const isElsewhere = others.some(({ path: [key] }) => key === 'code')
  return flagsText(isElsewhere ? { ...draft, code: undefined } : draft, sources, {
    schema: schemaUrl(),
    others: overlaid({}, others),
    sudoAsked: host.sudoAsked,
  })
}

interface Answered {
  readonly text: string
  readonly file: string
  readonly host: WizardHost
  readonly state: State
}

/** As `apply` of the flags file that will be written, through the connection that is open already. */
export const bringAsAnswered = async (
  session: Session,
  options: ApplyOptions,
  { text, file, host, state }: Answered,
): Promise<number> => {
  const { emit, io } = session
  const loaded = loadText(text, file)
  warn(session, loaded.warnings)
  const target = await targetOf(session, loaded, { file, time: io.now() })
  const transport = await host.transport(state.draft.host ?? '')
  emit({ type: 'run.start', host: transport.target, site: target.site.name })
  const look = await lookAt(session, target, transport)
  return bringThere(session, options, look, { verb: 'apply', remembers: true })
}
