import { HiddenRows } from '../../agent/shown/hiddenRows.js';
import type { WorkPorts } from '../../agent/ports.js';
import { openPrivacy } from '../../agent/shown/privacy.js';
import type { Kernel } from '../Kernel.js';
import { dataPort } from './ports/dataPort.js';
import { portsOnceOpen } from './ports/portsOnceOpen.js';
import { pythonPort } from './ports/pythonPort.js';
import { sqlPort } from './ports/sqlPort.js';
import type { Runtime } from '../Runtime.js';
import { StepCheckpoints, type Steps } from './StepCheckpoints.js';
import { lookAround, type Surroundings } from './surroundings.js';

/** The run whose steps are kept. */
export interface StepsOf {
  /** The id that the checkpoint of the run will have. */
  readonly checkpoint: string;
  readonly cellId: string | null;
  readonly signal: AbortSignal;
}

/** A worldline as an agent works in it. */
export interface Workplace {
  readonly line: { readonly id: string; readonly name: string };
  readonly steps: StepCheckpoints;
  readonly ports: WorkPorts;
  /** What there is to work on, where that is known; null: it has to be looked at. */
  readonly around: Surroundings | null;
}

/** An open worldline. */
export async function workplaceOf(kernel: Kernel, runtime: Runtime, run: StepsOf): Promise<Workplace> {
  const steps = await stepsOf(kernel, runtime.place.id, Promise.resolve(runtime), run);
  return { line: runtime.place, steps, ports: await portsOf(kernel, runtime, steps), around: null };
}

/**
 * A worldline that is being opened, with what there was in the one that it forks: its model can be asked at once, and
 * its steps wait for it.
 */
export async function workplaceOnceOpen(
  kernel: Kernel,
  line: Workplace['line'],
  opening: Promise<Runtime>,
  forked: Forked,
  run: StepsOf,
): Promise<Workplace> {
  const steps = await stepsOf(kernel, line.id, opening, run);
  const ports = opening.then((runtime) => portsOf(kernel, runtime, steps));
  ports.catch(() => undefined); // Whoever needs them is told.
  const { around, python } = forked;
  return { line, steps, ports: portsOnceOpen(ports, 'problem' in python ? python : null), around };
}

/** What a branch knows of the worldline that it comes from. */
export interface Forked {
  readonly python: WorkPorts['python'];
  readonly around: Surroundings;
}

/** A worldline that branches are about to come from. */
export async function forkedFrom(
  kernel: Kernel,
  runtime: Runtime,
  noRows: boolean,
  signal: AbortSignal,
): Promise<Forked> {
  const ports = await portsOf(kernel, runtime, unkept);
  const privacy = noRows ? new HiddenRows(ports.data) : openPrivacy;
  return { python: ports.python, around: await lookAround(ports, privacy, signal) };
}

/** For ports through which one only looks around. */
const unkept: Steps = { around: (_source, _untouched, work) => work() };

async function stepsOf(
  kernel: Kernel,
  line: string,
  runtime: Promise<Runtime>,
  { checkpoint, cellId, signal }: StepsOf,
): Promise<StepCheckpoints> {
  return new StepCheckpoints(await kernel.session(), line, runtime, checkpoint, cellId, signal);
}

async function portsOf(kernel: Kernel, runtime: Runtime, steps: Steps): Promise<WorkPorts> {
  return {
    sql: sqlPort(runtime, steps),
    python: await pythonPort(runtime, 1000 * (kernel.settings.number('sandbox-seconds') ?? 30), steps),
    data: dataPort(() => kernel.readable(), runtime),
  };
}
