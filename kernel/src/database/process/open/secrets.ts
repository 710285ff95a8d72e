import type { Attachment } from '../../types.js';
import { readAddress } from './address.js';

/** Variables of the environment with which databases elsewhere are reached; for clouds, those that begin with AWS_. */
export const PASSWORD_VARIABLES = ['PGPASSWORD', 'MYSQL_PWD'];
/** A shorter one would be found in texts that have nothing to do with it. */
const SHORTEST = 3;

const { env } = process;
/** Keys of the environment, as this process was started with it. */
const KEYS = [
  env['AWS_SECRET_ACCESS_KEY'],
  env['AWS_SESSION_TOKEN'],
  env['PGPASSWORD'],
  env['MYSQL_PWD'],
].map((key) => key ?? '');

/** What must not leave this process: keys of the environment, and the passwords in addresses, as they are and as a URL has them. */
export function secretsOf(attachments: readonly Attachment[]): string[] {
  const passwords = attachments.flatMap(({ type, source }) => {
    if (type !== 'postgres' && type !== 'mysql') return [];
    const { password } = readAddress(source, type);
    return password === null ? [] : [password, encodeURIComponent(password)];
  });
  return [...KEYS, ...passwords].filter((secret) => secret.length >= SHORTEST);
}
