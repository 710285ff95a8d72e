import { join } from 'node:path';
import type { OpenState } from '../protocol.js';
import { quoteList, quoteText } from '../../sql/quote.js';

/**
 * The settings in the order that holds: what spills and how much, what may be loaded, what may be read; then outside
 * access ends, and then the settings themselves are locked. Attaching comes before all of them, and what
 * concerns secrets before that.
 */
export function settings(
  state: OpenState,
  directories: readonly string[],
  files: readonly string[],
): string[] {
  return [
    // Taken away as the file is closed: it is not the place of the results, which stay.
    `SET temp_directory = ${quoteText(join(state.tempDirectory, 'work'))}`,
    `SET max_temp_directory_size = '16GB'`,
    `SET memory_limit = '${state.memoryLimit}B'`,
    ...(state.threads === null ? [] : [`SET threads = ${state.threads}`]),
    `SET TimeZone = ${quoteText(state.timeZone)}`,
    `SET checkpoint_threshold = '1TB'`,
    'SET errors_as_json = true',
    'SET enable_progress_bar = true',
    'SET enable_progress_bar_print = false',
    'SET autoinstall_known_extensions = false',
    'SET autoload_known_extensions = false',
    'SET allow_community_extensions = false',
    `SET allowed_directories = ${quoteList(directories)}`,
    `SET allowed_paths = ${quoteList(files)}`,
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ];
}
