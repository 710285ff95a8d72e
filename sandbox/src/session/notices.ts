import type { LostVariable, SandboxEvent } from '../types.js';

export const REPLACED =
  'The sandbox was started anew: the variables are as they were after the last cell that kept them.';
export const RECOVERED = 'Python was started anew: the variables are as they were before this cell.';

/** Names the variables that could not be brought back, where there are any. */
export function tellLost(lost: readonly LostVariable[], onEvent: (event: SandboxEvent) => void): void {
  if (lost.length === 0) return;
  const names = lost.slice(0, 20).map(({ name, reason }) => `${name} (${reason})`);
  onEvent({
    type: 'notice',
    text: `Not brought back: ${names.join(', ')}${lost.length > 20 ? ', …' : ''}`,
  });
}
