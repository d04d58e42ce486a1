/** Runs writes one after the other, so that they arrive in the order they were made in. */
export function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take<T>(run: () => Promise<T>): Promise<T> {
      const next = last.then(run, run);
      last = next.catch(() => {});
      return next;
    },
    /** When all that were there before are done. */
    idle: () => last,
  };
}

export type Turns = ReturnType<typeof createTurns>;
