/** Other kernels that a package index has: how each is started, and a cell that does next to nothing. */
import { IPYKERNEL } from './Kernel.mjs';
import { peerPackage, peerPython } from './peers.mjs';

/** @typedef {{ argv: readonly string[], cell: string }} OtherKernel */

/** @returns {Record<string, OtherKernel>} */
export function otherKernels() {
  const xeus = peerPython('xeus-python', ['xeus-python==0.19.0']);
  const bash = peerPython('bash_kernel', ['bash_kernel==0.10.0']);
  const tslab = peerPackage('tslab@1.0.22', 'tslab/bin/tslab');
  return {
    ipykernel: { argv: IPYKERNEL, cell: '1+1' },
    'xeus-python': { argv: [xeus, '-m', 'xpython_launcher', '-f', '{connection_file}'], cell: '1+1' },
    bash_kernel: { argv: [bash, '-m', 'bash_kernel', '-f', '{connection_file}'], cell: 'echo 2' },
    tslab: { argv: [process.execPath, tslab, 'kernel', '--config-path={connection_file}'], cell: '1+1' },
  };
}
