import type { PythonPort, WorkPorts } from '../../../agent/ports.js';
import { resultDisplay } from './sqlPort.js';

/** The ports of a worldline that is still being opened: what is asked of them waits for it. */
export function portsOnceOpen(
  opening: Promise<WorkPorts>,
  python: { readonly problem: string } | null,
): WorkPorts {
  return {
    sql: {
      query: async (sql, options) => (await opening).sql.query(sql, options),
      page: async (result, offset, count) => (await opening).sql.page(result, offset, count),
      tablesOf: async (sql) => (await opening).sql.tablesOf(sql),
      writes: async (sql) => (await opening).sql.writes(sql),
      keep: async (handle, result) => (await opening).sql.keep?.(handle, result),
      display: resultDisplay,
    },
    python: python ?? {
      execute: async (code, options) => (await pythonOf(opening)).execute(code, options),
      variables: async () => (await pythonOf(opening)).variables(),
    },
    data: {
      tables: async () => (await opening).data.tables(),
      files: async () => (await opening).data.files(),
      artifacts: async () => (await opening).data.artifacts(),
      showFile: async (path) => (await opening).data.showFile(path),
    },
  };
}

/** Docker may have gone away meanwhile. */
async function pythonOf(opening: Promise<WorkPorts>): Promise<PythonPort> {
  const { python } = await opening;
  if ('problem' in python) throw new Error(python.problem);
  return python;
}
