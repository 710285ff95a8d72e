import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import type { Database } from './types.js';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

const ENDLESS = 'select count(*) from range(10000000000) a, range(1000) b where a.range + b.range = -1';
/** DuckDB does not look for interrupts while it makes this text. */
const DEAF = `select length(repeat('x', 1900000000))`;

test('an interrupt stops a query at once, and the database goes on', () =>
  withDatabase(async ({ database, lost }) => {
    await runAsUser(database, 'create table t as select 1 i; create temp table u as select 2 i');
    for (const author of ['user', 'model'] as const) {
      const stop = new AbortController();
      const running = database.query(`select 1; ${ENDLESS}`, {
        author,
        signal: stop.signal,
        onResult: () => {
          stop.abort();
        },
      });
      await expect(running).rejects.toMatchObject({ name: 'InterruptedError' });
    }
    expect(await rowsOf(database, 'from t, u')).toEqual([['1', '2']]);
    expect(lost).toEqual([]);
  }));

test('an interrupt leaves no transaction behind, whenever it comes', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(database, 'create table t as select range i from range(100000)');
    const queries = ['from t', 'select count(*) from range(3000000) a, t'];
    for (let round = 0; round < 300; round++) {
      const signal = AbortSignal.timeout(round % 30);
      const sql = queries[round % queries.length] ?? '';
      await database.query(sql, { author: 'model', signal }).catch(() => undefined);
      expect(await database.tables()).toHaveLength(1);
    }
  }));

test('a transaction that is interrupted took effect as a whole or not at all, and blocks nothing', () =>
  withDatabase(async ({ database }) => {
    for (let round = 1; round <= 60; round++) {
      const stop = new AbortController();
      let ended = 0;
      const outcome = await database
        .query(`begin; create or replace table t as select ${round} i from range(20000); commit`, {
          author: 'user',
          signal: stop.signal,
          onResult: () => {
            ended += 1;
            if (ended === 1 + (round % 2)) stop.abort();
          },
        })
        .then(
          () => 'done',
          (error: unknown) => (error as Error).name,
        );
      expect(outcome).toMatch(/^(?:done|InterruptedError)$/);
      await runAsUser(database, 'create table if not exists t as select 0 i');
      const [[found] = []] = await rowsOf(database, 'select max(i) from t');
      expect(found === String(round)).toBe(outcome === 'done');
    }
  }));

test('an interrupt stops a result whose rows are being counted', () =>
  withDatabase(async ({ database }) => {
    const stop = new AbortController();
    const running = database.query('from range(100000000000)', {
      author: 'user',
      signal: stop.signal,
      onPage: () => {
        stop.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ name: 'InterruptedError' });
    expect(await rowsOf(database, 'select 1')).toEqual([['1']]);
  }));

test('a deadline stops a query and says how long it had', () =>
  withDatabase(async ({ database }) => {
    await expect(database.query(ENDLESS, { author: 'model', deadline: 200 })).rejects.toThrow(
      /after its deadline of 200 ms/,
    );
    expect(await rowsOf(database, 'select 1')).toEqual([['1']]);
  }));

test('a statement that ignores interrupts costs its process: what was committed is there again', () =>
  withDatabase(async ({ database, lost, data }) => {
    await runAsUser(database, 'create table t as select 1 i; checkpoint; insert into t values (2)');
    const stop = new AbortController();
    const running = database.query(`begin; insert into t values (3); ${DEAF}`, {
      author: 'user',
      signal: stop.signal,
      onResult: () => {
        stop.abort();
      },
    });
    const outcome = await running.then(
      () => 'ended',
      (error: unknown) => (error as Error).name,
    );
    expect(['DatabaseLostError', 'InterruptedError']).toContain(outcome);
    expect(lost).toHaveLength(outcome === 'DatabaseLostError' ? 1 : 0);
    expect(await rowsOf(database, 'from t')).toEqual([['1'], ['2']]);
    expect(data).not.toBe('');
  }));

test('what is asked while a statement is being stopped has no part in its end', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(database, 'create table t as select 1 i');
    const ended = await stopDeaf(database);
    const again = new AbortController();
    const given = database.query('from t', { author: 'user', signal: again.signal });
    const next = rowsOf(database, 'from t');
    again.abort();
    await expect(given).rejects.toMatchObject({ name: 'InterruptedError' });
    await ended();
    expect(await next).toEqual([['1']]);
  }));

test('a database closes while a statement is being stopped', () =>
  withDatabase(async ({ database }) => {
    const ended = await stopDeaf(database);
    await database.close();
    await ended();
  }));

test('progress is told on queries that take longer than a second', () =>
  withDatabase(async ({ database }) => {
    const seen: number[] = [];
    const stop = new AbortController();
    await runAsUser(database, 'create table t as select range i from range(3000000)');
    const running = database.query('select count(*) from t a, t b where a.i * b.i = -1', {
      author: 'user',
      signal: stop.signal,
      onProgress: (fraction) => {
        seen.push(fraction);
        stop.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ name: 'InterruptedError' });
    expect(seen[0]).toBeGreaterThanOrEqual(0);
    expect(seen[0]).toBeLessThanOrEqual(1);
  }));

/** Interrupts a statement that does not look for that. Gives what waits for its end, one way or the other. */
async function stopDeaf(database: Database): Promise<() => Promise<void>> {
  const stop = new AbortController();
  const running = database.query(`select 1; ${DEAF}`, {
    author: 'user',
    signal: stop.signal,
    onResult: () => {
      stop.abort();
    },
  });
  const name = expect.stringMatching(/^(?:DatabaseLost|Interrupted)Error$/);
  const ended = expect(running).rejects.toMatchObject({ name });
  await once(stop.signal, 'abort');
  return () => ended;
}
