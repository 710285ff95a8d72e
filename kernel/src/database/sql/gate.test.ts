import { describe, expect, test } from '@jest/globals';
import { StatementType } from '@duckdb/node-api';
import type { Author } from '../types.js';
import { accessOf, type Access } from './gate.js';
import { split } from './split.js';

type Verdict = Access | 'refused';
interface Row {
  readonly sql: string;
  readonly model: Verdict;
  readonly user: Verdict;
}

const read = (sql: string): Row => ({ sql, model: 'read', user: 'read' });
const write = (sql: string): Row => ({ sql, model: 'write', user: 'write' });
const ofTheUser = (sql: string): Row => ({ sql, model: 'refused', user: 'write' });
const refused = (sql: string): Row => ({ sql, model: 'refused', user: 'refused' });

/** Every type that DuckDB's parser gives a statement, and who may run it. */
const TYPES: Readonly<Record<keyof typeof StatementType, readonly Row[]>> = {
  INVALID: [refused('nothing')],
  SELECT: [read('from t')],
  INSERT: [write('insert into t values (1)')],
  UPDATE: [write('update t set i = 1')],
  EXPLAIN: [read('explain from t')],
  DELETE: [write('delete from t')],
  PREPARE: [ofTheUser('prepare p as from t')],
  CREATE: [
    write('create table t (i int)'),
    write('create or replace temp view v as from t'),
    write('create schema s'),
    write('create unique index x on t (i)'),
    write('create sequence s'),
    write('create macro f(x) as x'),
    write(`create type m as enum ('a')`),
    refused('create secret s (type s3)'),
    refused('create persistent secret s (type s3)'),
  ],
  EXECUTE: [ofTheUser('execute p')],
  ALTER: [
    write('alter table t add column j int'),
    write(`comment on table t is 'x'`),
    refused('alter database d rename to e'),
  ],
  TRANSACTION: [
    ofTheUser('begin'),
    ofTheUser('commit'),
    ofTheUser('rollback'),
    write('create table t as from x'),
  ],
  COPY: [ofTheUser(`copy t to 'x.csv'`)],
  ANALYZE: [ofTheUser('analyze')],
  VARIABLE_SET: [ofTheUser('set variable x = 1'), refused(`set memory_limit = '1GB'`)],
  CREATE_FUNC: [write('create function f(x) as x')],
  DROP: [write('drop table t'), write('truncate t'), write('deallocate p'), refused('drop secret s')],
  EXPORT: [ofTheUser(`export database 'x'`)],
  PRAGMA: [refused('pragma enable_profiling')],
  VACUUM: [ofTheUser('vacuum')],
  CALL: [ofTheUser('call pragma_version()')],
  SET: [
    ofTheUser('set variable x = 1'),
    ofTheUser('use s'),
    refused(`set memory_limit = '1GB'`),
    refused('reset memory_limit'),
  ],
  LOAD: [refused('load httpfs'), refused('install httpfs')],
  RELATION: [refused('relation')],
  EXTENSION: [refused('extension')],
  LOGICAL_PLAN: [refused('plan')],
  ATTACH: [refused(`attach 'x.db' as x`)],
  DETACH: [refused('detach x')],
  MULTI: [refused('multi')],
  COPY_DATABASE: [ofTheUser('copy from database a to b')],
  UPDATE_EXTENSIONS: [refused('update extensions')],
  MERGE_INTO: [write('merge into t using s on t.i = s.i when matched then delete')],
};

test('every type of a statement is in the table', () => {
  const types = Object.keys(StatementType).filter((key) => Number.isNaN(Number(key)));
  expect(Object.keys(TYPES).sort()).toEqual(types.sort());
});

describe('who may run what', () => {
  const rows = Object.entries(TYPES).flatMap(([name, all]) =>
    all.flatMap(({ sql, model, user }) => [
      [name, sql, 'model', model] as const,
      [name, sql, 'user', user] as const,
    ]),
  );
  test.each(rows)('%s %s, by the %s: %s', (name, sql, author, verdict) => {
    expect(verdictOn(StatementType[name as keyof typeof StatementType], sql, author)).toBe(verdict);
  });
});

function verdictOn(type: StatementType, sql: string, author: Author): Verdict {
  const [piece] = split(sql);
  if (!piece) throw new Error('no statement');
  try {
    return accessOf(type, piece, author, false);
  } catch (error) {
    expect(error).toMatchObject({
      name: 'GateError',
      message: expect.stringMatching(/ is refused here\. \S/),
    });
    return 'refused';
  }
}
