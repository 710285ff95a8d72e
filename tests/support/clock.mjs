/** Loaded into a kernel by NODE_OPTIONS: its clock is so many milliseconds off. */
const off = Number(process.env.WORLDLINE_TEST_CLOCK ?? 0);
const System = Date;
const now = () => System.now() + off;
globalThis.Date = class extends System {
  constructor(...args) {
    super(...(args.length === 0 ? [now()] : args));
  }
  static now() {
    return now();
  }
};
