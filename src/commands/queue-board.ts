import { openBoard } from '../queue/board.js'
import type { BoardOptions } from './options-queue.js'
import { withQueue } from './queue-open.js'
import type { Session } from './session.js'

const usualPort = 3000

/** Shows Bull Board until it is stopped. */
export const queueBoard = async (session: Session, { queue, port, address }: BoardOptions): Promise<number> =>
  withQueue(session, queue, async ({ redis, store }) => {
    const { io, interrupts } = session
    const board = await openBoard({ redis, store, address: address ?? '127.0.0.1', port: port ?? usualPort })
    io.stdout.write(`${board.url} (it only shows; Ctrl-C ends it)\n`)
    await interrupts.whileWatching(async (stopped) => {
      if (!stopped.aborted) await new Promise((resolve) => stopped.addEventListener('abort', resolve))
    })
    await board.close()
    return 0
  })
