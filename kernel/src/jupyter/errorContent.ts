import { messageOf } from '../messageOf.js';

/** The content of an error reply, and of an iopub `error`, for anything that was thrown. */
export function errorContent(thrown: unknown): { ename: string; evalue: string; traceback: string[] } {
  const named = typeof thrown === 'object' && thrown !== null && 'name' in thrown;
  const ename = named ? String(thrown.name) : 'Error';
  const evalue = messageOf(thrown);
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}
