import type { DuckDBConnection } from '@duckdb/node-api';
import { DatabaseError } from '../errors.js';
import { quoteAlways, quoteText } from '../sql/quote.js';
import type { Attachment, Readable } from '../types.js';
import { failureOf } from './failure.js';

const EXTENSIONS = { duckdb: null, sqlite: 'sqlite', postgres: 'postgres', mysql: 'mysql' } as const;

/** Attaches another database, read-only, before the settings are locked. */
export async function attach(connection: DuckDBConnection, attachment: Attachment): Promise<void> {
  const { alias, source, type } = attachment;
  const extension = EXTENSIONS[type];
  if (extension !== null) await loadExtension(connection, extension, `to attach a ${type} database`);
  await connection.run(
    `ATTACH ${quoteText(source)} AS ${quoteAlways(alias)} (TYPE ${type.toUpperCase()}, READ_ONLY)`,
  );
}

/** Makes prefixes in the cloud reachable, with the keys of the environment where it has any. */
export async function reachClouds(connection: DuckDBConnection, { urls = [] }: Readable): Promise<void> {
  if (urls.length === 0) return;
  await loadExtension(connection, 'httpfs', `to read ${urls.join(', ')}`);
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  if (!id || !secret) return;
  const options = [
    `TYPE s3, KEY_ID ${quoteText(id)}, SECRET ${quoteText(secret)}`,
    ...option('SESSION_TOKEN', process.env['AWS_SESSION_TOKEN']),
    ...option('REGION', process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION']),
    ...option('ENDPOINT', process.env['AWS_ENDPOINT_URL_S3']?.replace(/^https?:\/\//, '')),
  ];
  await connection.run(`CREATE OR REPLACE TEMPORARY SECRET worldline_s3 (${options.join(', ')})`);
}

/** The keys that this process knows of: they stay out of everything that leaves it. */
export function cloudKeys(): string[] {
  return ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].flatMap((name) => process.env[name] ?? []);
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
