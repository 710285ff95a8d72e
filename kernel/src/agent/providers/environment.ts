import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Settings by the names of environment variables; an empty value counts as absent. */
export type Environment = Readonly<Record<string, string | undefined>>;

const OURS = /^(OPENAI_|OPENROUTER_|GEMINI_|GOOGLE_API_KEY$|WORLDLINE_)/;

/**
 * The environment, completed by the `.env` files of the folders given, the first folder first. Only settings of ours
 * are taken out of the files, and nothing is written to `process.env`, where a child process would inherit it.
 */
export async function readEnvironment(
  base: Environment,
  folders: readonly string[],
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const take = (values: Environment): void => {
    for (const [name, value] of Object.entries(values))
      if (OURS.test(name) && value !== undefined && value.trim() !== '') found[name] ??= value.trim();
  };
  take(base);
  for (const folder of folders) {
    const text = await readFile(join(folder, '.env'), 'utf8').catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EISDIR') return null;
      throw error;
    });
    if (text === null) continue;
    // A bundled CommonJS module has its default export alone.
    const { default: dotenv } = await import('dotenv');
    take(dotenv.parse(text));
  }
  return found;
}
