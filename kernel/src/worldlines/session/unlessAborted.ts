/** Waits for the work, if there is any, which goes on where the signal aborts; then this rejects with the signal's reason. */
export async function unlessAborted(work: Promise<unknown> | null, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (work === null) return;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
