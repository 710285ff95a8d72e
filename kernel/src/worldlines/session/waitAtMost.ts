/** Waits for the work, but no longer than so many milliseconds; its failure until then is passed on. */
export function waitAtMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    timer.unref();
    work
      .finally(() => {
        clearTimeout(timer);
      })
      .then(() => {
        resolve();
      }, reject);
  });
}
