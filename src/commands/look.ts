import type { Survey } from '../engine/survey.js'
import type { Connection } from '../core/site.js'
import type { Transport } from '../transport/transport.js'
import type { Session } from './session.js'
import type { Target } from './target.js'

/** As a person would type it for ssh; what the host is really called is known once the connection stands. */
const addressOf = ({ host, user }: Connection): string =>
  user === undefined || host.includes('@') ? host : `${user}@${host}`

/** Connects, and hands over the host and what was found on it; the connection never outlives the work. */
export const onHost = async <T>(
  session: Session,
  { site, connection, phases }: Target,
  work: (transport: Transport, survey: Survey) => Promise<T>,
): Promise<T> => {
  const { io, services, emit } = session
  emit({ type: 'run.start', host: addressOf(connection), site: site.name })
  const transport = await services.connect(connection, io.interactive ? services.ask : undefined)
  try {
    const survey = await services.survey(transport, phases)
    emit({ type: 'survey.done', milliseconds: survey.milliseconds, questions: survey.questions })
    return await work(transport, survey)
  } finally {
    await transport.close()
  }
}
