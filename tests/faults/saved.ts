import type { KernelClient } from '../support/KernelClient.js';

/** Resolves when the state after so many cells is in the store: what a kill then costs is the cell that runs. */
export async function saved(kernel: KernelClient, cells: number): Promise<void> {
  const comm = await kernel.openComm('worldline');
  await comm.wait((data) => data['type'] === 'hello');
  for (let id = 1; ; id++) {
    await comm.send({ type: 'request', id, request: 'graph', params: { offset: 0, count: cells } });
    const reply = await comm.wait((data) => data['type'] === 'reply' && data['id'] === id);
    const { checkpoints } = reply['result'] as { checkpoints: { bytes: number | null }[] };
    if (checkpoints.length === cells && checkpoints.every(({ bytes }) => bytes !== null)) return;
  }
}
