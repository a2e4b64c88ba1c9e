import type { Surroundings } from '../config/site.js'
import type { Session } from './session.js'

/** The first answer again, where the same is asked again. */
const once = <A extends readonly unknown[], R>(
  keyOf: (...given: A) => string,
  work: (...given: A) => Promise<R>,
): ((...given: A) => Promise<R>) => {
  const known = new Map<string, Promise<R>>()
  return (...given) => {
    const key = keyOf(...given)
    const answer = known.get(key) ?? work(...given)
    known.set(key, answer)
    return answer
  }
}

const newTexts = (tell: (text: string) => void): ((text: string) => void) => {
  const told = new Set<string>()
  return (text) => {
    if (!told.has(text)) tell(text)
    told.add(text)
  }
}

/** For many targets: what they have in common is fetched, read and warned of once. */
export const sharing = (session: Session, readFolder: Surroundings['readFolder']): Session => {
  const { io, annotations, services } = session
  return {
    ...session,
    io: { ...io, stderr: { isTTY: io.stderr.isTTY, write: newTexts((text) => io.stderr.write(text)) } },
    annotations: { ...annotations, warning: newTexts(annotations.warning) },
    services: {
      ...services,
      resolveSite: (flags, around) =>
        services.resolveSite(flags, { ...around, ...(readFolder === undefined ? {} : { readFolder }) }),
      checkOut: once(
        (wanted, around) => JSON.stringify([wanted, around.planned]),
        (wanted, around) => services.checkOut(wanted, around),
      ),
      loadPlaybook: once(
        (file) => file,
        (file) => services.loadPlaybook(file),
      ),
    },
  }
}
