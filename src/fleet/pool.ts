import pLimit from 'p-limit'

/** Does the work for each, so many at the same time, in their order. The results are in that order, too. */
export const eachOf = async <T, R>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<R>,
): Promise<readonly R[]> => {
  const turn = pLimit(atOnce)
  return Promise.all(all.map((one) => turn(work, one)))
}
