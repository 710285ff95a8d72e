import type { Handler } from '../Wire.js';
import { commClose, commInfo, commMessage, commOpen } from './comms.js';
import { complete, isComplete } from './completion.js';
import { interrupt, shutdown } from './control.js';
import { history } from './history.js';
import { inspect } from './inspection.js';
import { connect, kernelInfo } from './kernelInfo.js';

/** Every request that is answered at once, also while a cell runs. Executes queue and are not here. */
export const handlers: ReadonlyMap<string, Handler> = new Map([
  ['kernel_info_request', kernelInfo],
  ['connect_request', connect],
  ['complete_request', complete],
  ['is_complete_request', isComplete],
  ['inspect_request', inspect],
  ['history_request', history],
  ['comm_open', commOpen],
  ['comm_msg', commMessage],
  ['comm_close', commClose],
  ['comm_info_request', commInfo],
  ['interrupt_request', interrupt],
  ['shutdown_request', shutdown],
]);
