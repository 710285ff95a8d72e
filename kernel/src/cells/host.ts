import type { Host } from '../worldlines/types.js';
import { turnsUpTo } from '../agent/conversation/turnsUpTo.js';
import { isTurn } from './ask/agentContext.js';
import { closedDatabases } from './sql/closed/closedDatabases.js';
import { importTables } from './sql/closed/importTables.js';
import type { Kernel } from './Kernel.js';
import { nbconvert, pdfPrinter } from './reports/reports.js';

/** What the worldlines need of the running kernel. */
export function createHost(kernel: Kernel): Host {
  return {
    newWorkspace: () => kernel.sandbox.spareWorkspace(),
    leaveWorkspace: (path) => kernel.sandbox.leaveWorkspace(path),
    open: (place) => Promise.resolve(kernel.opened(place)),
    nbconvert: (args) => nbconvert(kernel.environment, args),
    pdfPrinter: () => pdfPrinter(kernel.environment),
    importTables: (place, folder) => importTables(kernel.opened(place).database, folder),
    turnsUpTo: (turns, step) => turnsUpTo(turns.filter(isTurn), step),
    ...closedDatabases(kernel.paths.home),
  };
}
