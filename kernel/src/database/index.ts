export { openDatabase } from './openDatabase.js';
export {
  DatabaseError,
  DatabaseLostError,
  DeadlineError,
  GateError,
  InterruptedError,
  ResultGoneError,
  TableExistsError,
} from './errors.js';
export { quoteName } from './sql/quote.js';
export { scan, type Token } from './sql/scan.js';
export type * from './types.js';
