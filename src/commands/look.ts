import { checked } from '../engine/checked.js'
import { overLoss } from '../engine/over-loss.js'
import type { Survey } from '../engine/survey.js'
import type { Connection } from '../core/site.js'
import type { Transport } from '../transport/transport.js'
import { Dialling } from './dialling.js'
import type { Session } from './session.js'
import { warn } from './settings.js'
import { findTarget, type Aim, type Target, type Wanted } from './target.js'

/** As a person would type it for ssh; what the host is really called is known once the connection stands. */
const addressOf = ({ host, user }: Connection): string =>
  user === undefined || host.includes('@') ? host : `${user}@${host}`

export interface Look<T extends Aim = Aim> {
  readonly target: T
  readonly transport: Transport
  readonly survey: Survey
}

export const logIn = ({ emit }: Session, dialling: Dialling): Promise<Transport> =>
  checked(emit, 'Log in', async () => dialling.transport())

export const surveyOf = async (session: Session, target: Aim, host: Pick<Transport, 'ask'>): Promise<Survey> => {
  const { services, emit } = session
  emit({ type: 'survey.start' })
  const survey = await services.survey(host, target.phases)
  emit({ type: 'survey.done', milliseconds: survey.milliseconds, questions: survey.questions })
  warn(session, survey.notes)
  return survey
}

export const lookAt = async <T extends Aim>(session: Session, target: T, transport: Transport): Promise<Look<T>> => ({
  target,
  transport,
  survey: await overLoss(transport, async () => surveyOf(session, target, transport)),
})

/** Finds out what is wanted and what is there, and hands over both; the connection never outlives the work. */
export const onHost = async <T>(
  session: Session,
  wanted: Wanted,
  work: (look: Look<Target>) => Promise<T>,
  check?: (target: Target) => void,
): Promise<T> => {
  const { emit } = session
  const dialling = new Dialling(session)
  try {
    // What is to be checked first decides whether the host is bothered at all.
    const target = await findTarget(session, wanted, check === undefined ? dialling : undefined)
    check?.(target)
    if (check !== undefined) dialling.begin(target.connection)
    emit({ type: 'run.start', host: addressOf(target.connection), site: target.site.name })
    const transport = await logIn(session, dialling)
    return await work(await lookAt(session, target, transport))
  } finally {
    await dialling.end()
  }
}
