import type { DuckDBConnection } from '@duckdb/node-api';

const AFTER_MILLISECONDS = 1000;
const EVERY_MILLISECONDS = 250;

/** Reports the fraction done of what runs on a connection once it takes longer than a second. Gives the end to it. */
export function watchProgress(connection: DuckDBConnection, report: (fraction: number) => void): () => void {
  const started = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - started < AFTER_MILLISECONDS) return;
    const { percentage } = connection.progress;
    if (percentage >= 0) report(Math.min(1, percentage / 100));
  }, EVERY_MILLISECONDS);
  return () => {
    clearInterval(timer);
  };
}
