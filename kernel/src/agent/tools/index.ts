import type { Ports } from '../ports.js';
import { openPrivacy, type Privacy } from '../shown/privacy.js';
import type { Tool } from '../types.js';
import { ChartsShown } from './ChartsShown.js';
import { NotesTold } from './NotesTold.js';
import { askUserTool } from './askUser.js';
import { describeTool } from './describe.js';
import { exploreTool } from './explore.js';
import { finishTool } from './finish.js';
import { listTablesTool } from './listTables.js';
import { runPythonTool } from './runPython.js';
import { runSqlTool } from './runSql.js';
import { showTool } from './show.js';

/** The tools of a run: `explore` where the run may branch, `run_python` where there is a sandbox. */
export function agentTools(ports: Ports, privacy: Privacy = openPrivacy): Tool[] {
  const charts = new ChartsShown();
  const notes = new NotesTold();
  return [
    listTablesTool(ports.data),
    describeTool(ports.sql, privacy, notes),
    runSqlTool(ports.sql, privacy, notes),
    ...('problem' in ports.python ? [] : [runPythonTool(ports.python, privacy, charts)]),
    showTool(ports, charts),
    askUserTool(ports.ask),
    ...(ports.explore === null ? [] : [exploreTool(ports.explore)]),
    finishTool(),
  ];
}
