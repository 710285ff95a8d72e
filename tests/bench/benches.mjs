/**
 * The benches, by the names of their files. Each takes `--quick` (few rounds and small data, to see that it works) and prints
 * its results by `report` of measure.mjs.
 */
export const BENCHES = {
  wire: 'The wire, beside ipykernel and other kernels',
  cells: 'Cells through the whole kernel, beside ipykernel',
  sandbox: 'Python in the sandbox, beside docker exec',
  database: 'SQL, beside @duckdb/node-api alone',
  jupysql: 'SQL through the whole kernel, beside JupySQL',
  flights: 'Three million rows from SQL to pandas',
  snapshots: 'Python variables, beside cloudpickle',
  worldlines: 'Worldlines, with few and many checkpoints, beside Kishu and a plain copy',
  lab: 'The notebook in JupyterLab',
  agent: 'The agent, with a scripted model',
};
