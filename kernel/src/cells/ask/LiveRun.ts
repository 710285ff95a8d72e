import { noUsage } from '../../agent/usage.js';
import { randomUUID } from 'node:crypto';
import type {
  AgentEvent,
  AgentOutcome,
  Approval,
  AssistantTurn,
  ModelRequest,
  Provider,
} from '../../agent/types.js';
import type { Requests, RunInfo, StepInfo, Usage } from '../../contract.js';
import { markAnswer } from '../../display/answer.js';
import {
  answerDisplay,
  stepAnchor,
  stepLine,
  stepsDisplay,
  type RunItem,
  type RunView,
} from '../../display/runDisplay.js';
import { duration } from '../../display/format.js';
import type { Run } from '../../jupyter/engine.js';
import type { Display } from '../../mime.js';
import { UserError } from '../errors.js';

export type Steering = Requests['steer']['params']['action'];

export interface RunOptions {
  readonly provider: Provider;
  /** The execution count of its cell. */
  readonly cell: number;
  /** The front end prints text only and ignores updates: steps are printed as they end. */
  readonly textOnly: boolean;
  /** A front end that can approve, edit and skip steps is connected. */
  readonly steerable: boolean;
  readonly onChange: (info: RunInfo) => void;
}

/** Milliseconds between two updates. */
const INTERVAL = 100;

/** One agent run as it is shown: events come in, one display with the steps is kept up to date, the answer follows. */
export class LiveRun {
  readonly id = randomUUID();
  readonly #items: RunItem[] = [];
  readonly #exchanges: { request: ModelRequest; turn: AssistantTurn }[] = [];
  readonly #began = Date.now();
  readonly #remarks: string[] = [];
  /** Pictures that it has shown. */
  readonly #pictures = new Set<unknown>();
  readonly #stop = new AbortController();
  #decide: ((approval: Approval) => void) | null = null;
  #streaming = '';
  /** What `finish` is being called with. */
  #answering = '';
  #resting: NodeJS.Timeout | null = null;
  #due = false;
  #activity = 'thinking …';
  #usage: Usage = noUsage;
  #state: RunInfo['state'] = 'running';
  #answer = '';

  constructor(
    private readonly run: Run,
    private readonly options: RunOptions,
  ) {
    if (!options.textOnly) run.display(stepsDisplay(this.#view()), this.id);
  }

  get cell(): number {
    return this.options.cell;
  }

  get steerable(): boolean {
    return this.options.steerable;
  }

  get info(): RunInfo {
    const { provider } = this.options;
    return {
      run: this.id,
      state: this.#state,
      model: provider.model,
      replayed: provider.replayed,
      steps: this.#items.flatMap((item) => (item.kind === 'step' ? [item.step] : [])),
      answer: this.#answer === '' ? this.#answering : this.#answer,
      usage: this.#usage,
    };
  }

  /** Its steps as ordinary cells. */
  get cells(): string[] {
    return cellsOf(this.info.steps);
  }

  /** Just what the model was sent and what it answered, in order. */
  raw(): readonly { request: ModelRequest; turn: AssistantTurn }[] {
    return this.#exchanges;
  }

  /** The steps as they now are. */
  display(): Display {
    return stepsDisplay(this.#view());
  }

  on(event: AgentEvent): void {
    switch (event.type) {
      case 'turn-began':
        this.#activity = 'thinking …';
        break;
      case 'text':
        this.#streaming += event.text;
        this.#activity = '';
        break;
      case 'reasoning':
        if (this.#activity === 'reasoning …') return;
        this.#activity = 'reasoning …';
        break;
      case 'answer':
        this.#answering = event.text;
        this.#activity = '';
        break;
      case 'retry':
        this.#streaming = '';
        this.#answering = '';
        this.#activity = `${event.reason}; trying again in ${duration(event.wait)}`;
        break;
      case 'step':
        this.#onStep(event);
        break;
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'note':
        this.#items.push({ kind: 'note', text: event.text });
        if (this.options.textOnly) this.run.stream('stdout', `${event.text}\n`);
        break;
      case 'exchange':
        this.#exchanges.push({ request: event.request, turn: event.turn });
        return;
    }
    this.#changed();
  }

  /** What a person says to the run while it goes on. Throws a UserError where it has ended, or what was meant waits no more. */
  steer(action: Steering, text: string, step?: string): void {
    if (this.#state !== 'running')
      throw new UserError('RunEnded', 'That run has ended.', 'Ask again in a new cell.');
    if (action === 'remark') this.#remarks.push(text);
    else if (action === 'stop') this.#stop.abort();
    else this.#settle(toApproval(action, text), step);
  }

  /** One word is for one step: the next may be another one than the person saw. */
  #settle(approval: Approval, step?: string): void {
    const waits = this.info.steps.find(({ state }) => state === 'waiting')?.id;
    const decide = this.#decide;
    if (decide === null || (step !== undefined && step !== waits))
      throw new UserError(
        'StepDecided',
        step === undefined ? 'No step waits for you.' : `Step ${step} does not wait for you any more.`,
        'Look at what the run does now.',
      );
    this.#decide = null;
    decide(approval);
  }

  /** Aborted when a person stops the run. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** What was said since the last call. */
  takeRemarks(): readonly string[] {
    return this.#remarks.splice(0);
  }

  /** Waits for a person's word on a step that is shown as waiting. */
  decision(): Promise<Approval> {
    return new Promise((resolve) => {
      this.#decide = resolve;
    });
  }

  /** Shows the end: the steps folded, then the answer. */
  end(outcome: AgentOutcome): void {
    this.#state = outcome.state;
    this.#answer = outcome.answer;
    this.#usage = outcome.usage;
    this.#streaming = '';
    this.#answering = '';
    this.#activity = '';
    if (this.#resting !== null) clearTimeout(this.#resting);
    this.#publish();
    if (outcome.answer === '') return;
    const marked = markAnswer(outcome, (step) => stepAnchor(this.id, step));
    this.run.display(answerDisplay(this.#view(), marked));
  }

  #onStep({ step, displays }: Extract<AgentEvent, { type: 'step' }>): void {
    const said = this.#streaming.trim();
    if (said !== '') this.#items.push({ kind: 'said', text: said });
    if (said !== '' && this.options.textOnly) this.run.stream('stdout', `${said}\n`);
    this.#streaming = '';
    this.#answering = '';
    this.#activity = '';
    // What is put before the person stands by itself, and not in a fold.
    const aside = step.tool === 'show';
    const item: RunItem = { kind: 'step', step, displays: aside ? [] : displays };
    const at = this.#items.findIndex((known) => known.kind === 'step' && known.step.id === step.id);
    if (at === -1) this.#items.push(item);
    else this.#items[at] = item;
    if (step.state === 'running' || step.state === 'waiting') return;
    if (this.options.textOnly) this.run.stream('stdout', `${stepLine(step)}\n`);
    // A step that failed is done again, and its charts with it.
    if (step.state === 'error') return;
    for (const display of displays) {
      if (aside) this.run.display(display);
      // Charts stand between the steps and the answer, as pictures that every front end shows.
      else this.#showPicture(imagesOf(display));
    }
  }

  /** A figure that code displays is often displayed once more at its end. */
  #showPicture(picture: Display): void {
    const key = Object.entries(picture.data).find(([type]) => type.startsWith('image/'))?.[1];
    if (key === undefined || this.#pictures.has(key)) return;
    this.#pictures.add(key);
    this.run.display(picture);
  }

  /** Shows the run as it now is, at most ten times a second; what changes in one go is shown at once. */
  #changed(): void {
    this.#due = true;
    if (this.#resting !== null) return;
    this.#resting = setTimeout(() => {
      this.#resting = null;
      if (this.#due) this.#changed();
    }, INTERVAL);
    setImmediate(() => {
      if (this.#due) this.#publish();
    });
  }

  #publish(): void {
    this.#due = false;
    this.options.onChange(this.info);
    if (!this.options.textOnly) this.run.update(stepsDisplay(this.#view()), this.id);
  }

  #view(): RunView {
    return {
      info: this.info,
      items: this.#items,
      streaming: [this.#streaming, this.#answering].filter((text) => text !== '').join('\n\n'),
      activity: this.#activity,
      milliseconds: Date.now() - this.#began,
    };
  }
}

/** Steps that ran well, as ordinary cells. */
export function cellsOf(steps: readonly StepInfo[]): string[] {
  const magics: Readonly<Record<string, string>> = { run_sql: '%%sql', run_python: '%%python' };
  return steps.flatMap(({ tool, code, state }) => {
    const magic = magics[tool];
    return magic !== undefined && state === 'ok' ? [`${magic}\n${code}`] : [];
  });
}

/** A display without what a script could hide in: pictures and text only. */
function imagesOf(display: Display): Display {
  const kept = Object.entries(display.data).filter(
    ([type]) => type === 'text/plain' || (type.startsWith('image/') && type !== 'image/svg+xml'),
  );
  return { data: Object.fromEntries(kept), metadata: display.metadata ?? {} };
}

function toApproval(action: Exclude<Steering, 'remark' | 'stop'>, text: string): Approval {
  switch (action) {
    case 'approve':
      return { action: 'run' };
    case 'skip':
      return text === '' ? { action: 'skip' } : { action: 'skip', reason: text };
    case 'edit':
      return { action: 'edit', code: text };
  }
}
