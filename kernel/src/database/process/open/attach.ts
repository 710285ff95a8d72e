import type { DuckDBConnection } from '@duckdb/node-api';
import { DatabaseError } from '../../errors.js';
import { quoteAlways, quoteText } from '../../sql/quote.js';
import type { Attachment, Readable } from '../../types.js';
import { passwordSecret, readAddress } from './address.js';
import { failureOf } from '../failure.js';

const EXTENSIONS = { duckdb: null, sqlite: 'sqlite', postgres: 'postgres', mysql: 'mysql' } as const;

const LOOK = 'SELECT count(*) FROM duckdb_tables() WHERE database_name = $1';
const NEWER = /with version number (\d+), but we can only read versions between (\d+ and \d+)/;
const DAMAGED = /Could not read enough bytes|Corrupt database file|malformed|not a database/;

/** Why one of several databases could not be attached. */
export class AttachFailure extends Error {
  constructor(
    readonly alias: string,
    override readonly cause: unknown,
  ) {
    super(`${alias} could not be attached.`);
  }
}

/** What stood in the way, of an AttachFailure; another error is its own cause. */
export function causeOf(error: unknown): unknown {
  return error instanceof AttachFailure ? error.cause : error;
}

/** Attaches other databases, read-only, before the settings are locked. Throws an AttachFailure. */
export async function attachAll(
  connection: DuckDBConnection,
  attachments: readonly Attachment[],
): Promise<void> {
  for (const attachment of attachments) {
    try {
      await attach(connection, attachment);
    } catch (error) {
      throw new AttachFailure(attachment.alias, error);
    }
  }
}

async function attach(connection: DuckDBConnection, attachment: Attachment): Promise<void> {
  const { alias, source, type } = attachment;
  const extension = EXTENSIONS[type];
  if (extension !== null) await loadExtension(connection, extension, `to attach a ${type} database`);
  const kind = type.toUpperCase();
  const attachAs = (path: string, secret = ''): string =>
    `ATTACH ${quoteText(path)} AS ${quoteAlways(alias)} (TYPE ${kind}, READ_ONLY${secret})`;
  if (type !== 'postgres' && type !== 'mysql') {
    await connection.run(attachAs(source)).catch((error: unknown) => {
      throw fileFailure(error, source);
    });
    // DuckDB looks into it when it is first asked for: a damaged one would fail whatever lists tables.
    if (type === 'sqlite')
      await connection.run(LOOK, [alias]).catch((error: unknown) => {
        throw fileFailure(error, source);
      });
    return;
  }
  const { words, password } = readAddress(source, type);
  if (password === null) {
    await connection.run(attachAs(words));
    return;
  }
  const name = quoteAlways(`worldline_${alias}`);
  await connection.run(passwordSecret(name, type, password));
  await connection.run(attachAs(words, `, SECRET ${name}`));
}

/** An error of attaching a file in words for who knows the file; DuckDB's own where it is about something else. */
function fileFailure(error: unknown, source: string): unknown {
  const { message } = failureOf(error);
  const holder = /Conflicting lock is held in (.*? \(PID \d+\))/.exec(message)?.[1];
  if (holder !== undefined || message.includes('database is locked'))
    return attachError(
      `${source} is open in another program${holder === undefined ? '' : `, ${holder}`}, which may be writing to it. ` +
        'Close it there, or attach a copy.',
    );
  const [, version, known] = NEWER.exec(message) ?? [];
  if (version !== undefined)
    return attachError(
      `${source} was written by a newer DuckDB: it has version ${version} of the file format, and this one reads ${known ?? ''}. ` +
        "Where it was made, COPY FROM DATABASE into a file attached with (STORAGE_VERSION 'v1.0.0'), or Parquet files, can be read here.",
    );
  const [first = ''] = message.split('\n');
  if (DAMAGED.test(message))
    return attachError(`${source} is damaged, or only a part of a database: ${first}`);
  return error;
}

function attachError(message: string): DatabaseError {
  return new DatabaseError('AttachError', message, '', null);
}

/** Makes prefixes in the cloud reachable, with the keys of the environment where it has any. */
export async function reachClouds(connection: DuckDBConnection, { urls = [] }: Readable): Promise<void> {
  if (urls.length === 0) return;
  await loadExtension(connection, 'httpfs', `to read ${urls.join(', ')}`);
  // The other client takes `..` in a key for a way up, out of the prefix that was checked.
  await connection.run(`SET httpfs_client_implementation = 'httplib'`);
  const { env } = process;
  const endpoint = env['AWS_ENDPOINT_URL_S3'];
  const options = [
    'TYPE s3',
    ...option('KEY_ID', env['AWS_ACCESS_KEY_ID']),
    ...option('SECRET', env['AWS_SECRET_ACCESS_KEY']),
    ...option('SESSION_TOKEN', env['AWS_SESSION_TOKEN']),
    ...option('REGION', env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']),
    ...option('ENDPOINT', endpoint?.replace(/^https?:\/\//, '').replace(/\/$/, '')),
    // Servers other than Amazon's own have no name for each bucket.
    ...(endpoint ? [`URL_STYLE 'path'`, `USE_SSL ${String(!endpoint.startsWith('http:'))}`] : []),
  ];
  if (options.length === 1) return;
  await connection.run(`CREATE OR REPLACE TEMPORARY SECRET worldline_s3 (${options.join(', ')})`);
}

function option(name: string, value: string | undefined): string[] {
  return value ? [`${name} ${quoteText(value)}`] : [];
}

async function loadExtension(connection: DuckDBConnection, name: string, purpose: string): Promise<void> {
  try {
    await connection.run(`LOAD ${name}`);
    return;
  } catch {
    // Not installed yet: the download below says what stands in its way.
  }
  try {
    await connection.run(`INSTALL ${name}`);
    await connection.run(`LOAD ${name}`);
  } catch (error) {
    throw new DatabaseError(
      'ExtensionError',
      `DuckDB's extension ${name} is needed ${purpose}, and could not be had: ${failureOf(error).message.split('\n')[0] ?? ''} ` +
        `Connect to the network once, or put the extension into ~/.duckdb/extensions.`,
      '',
      null,
    );
  }
}
