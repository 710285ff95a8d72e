/** Milliseconds that an engine may take for a question that costs it little. */
const PATIENCE = 15_000;

/** Waits for the engine's answer; rejects where it took the question and says nothing, as one does that is paused. */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error('The engine does not answer.'), { code: 'ETIME' }));
    }, PATIENCE);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
