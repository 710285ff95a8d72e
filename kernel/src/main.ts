import { kernelInfo } from './cells/kernelInfo.js';
import { leave } from './jupyter/leave.js';
import { serveKernel } from './jupyter/server.js';

const connectionFile = process.argv[2];
if (connectionFile === undefined) {
  process.stderr.write(
    'Usage: node main.js CONNECTION_FILE (Jupyter starts it so; node install.mjs installs it)\n',
  );
  process.exit(2);
}

await serveKernel(connectionFile, {
  kernelInfo,
  load: async () => {
    const { createEngine } = await import('./cells/createEngine.js');
    return createEngine(process.env, process.cwd());
  },
});
leave();
