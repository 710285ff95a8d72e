import type { WorkContext } from '../../agent/conversation/context.js';
import type { Privacy } from '../../agent/shown/privacy.js';
import { profilesOf } from '../../agent/shown/profile.js';
import type { WorkPorts } from '../../agent/ports.js';

/** What there is to work on in a worldline. */
export type Surroundings = Pick<WorkContext, 'tables' | 'profiles' | 'files' | 'artifacts' | 'variables'>;

export async function lookAround(
  { sql, python, data }: WorkPorts,
  privacy: Privacy,
  signal: AbortSignal,
): Promise<Surroundings> {
  const [tables, files, artifacts, variables] = await Promise.all([
    data.tables(),
    data.files(),
    data.artifacts(),
    'variables' in python ? python.variables() : [],
  ]);
  return { tables, files, artifacts, variables, profiles: await profilesOf(sql, tables, privacy, signal) };
}
