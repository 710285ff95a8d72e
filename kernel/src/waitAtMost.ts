/** Waits for the work, but no longer than so many milliseconds; its failure until then is passed on. Says whether it ended. */
export function waitAtMost(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve(false);
    }, milliseconds);
    timer.unref();
    work
      .finally(() => {
        clearTimeout(timer);
      })
      .then(() => {
        resolve(true);
      }, reject);
  });
}
