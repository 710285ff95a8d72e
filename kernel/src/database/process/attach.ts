import type { Attachment } from '../types.js';
import { quoteAlways, quoteText } from '../sql/quote.js';

const EXTENSIONS = { duckdb: null, sqlite: 'sqlite', postgres: 'postgres', mysql: 'mysql' } as const;
const TYPES = { duckdb: 'DUCKDB', sqlite: 'SQLITE', postgres: 'POSTGRES', mysql: 'MYSQL' } as const;

/** What opens an attachment, before the settings are locked. */
export function attachStatements(attachment: Attachment): string[] {
  const extension = EXTENSIONS[attachment.type];
  const attach = `ATTACH ${quoteText(attachment.source)} AS ${quoteAlways(attachment.alias)} (TYPE ${TYPES[attachment.type]}, READ_ONLY)`;
  return extension === null ? [attach] : [`INSTALL ${extension}`, `LOAD ${extension}`, attach];
}
