import type { SandboxEvent } from '@worldline/sandbox';
import type { Display, MimeBundle } from '../../mime.js';
import { asData, cutMiddle, cutText } from '../shown/dataText.js';
import type { PythonPort } from '../ports.js';
import type { Privacy } from '../shown/privacy.js';
import { quantity, SHOWN } from '../shown/resultText.js';
import type { Image, Tool, ToolResult } from '../types.js';
import type { ChartsShown } from './ChartsShown.js';
import { firstLine, portError } from './result.js';

/** Images of one step that the model is shown. */
const IMAGES = 4;

export function runPythonTool(python: PythonPort, privacy: Privacy, charts: ChartsShown): Tool {
  return {
    name: 'run_python',
    description:
      'Runs Python 3 in a sandbox without network, for a limited time. Variables and imports persist; import what you use: numpy, pandas, scipy, statsmodels, sklearn, matplotlib, seaborn, pyarrow, openpyxl are installed, and nothing else can be. sql("SELECT …") gives a pandas DataFrame and needs no import; data files open by the same names as in SQL. Matplotlib charts and the last expression appear in the notebook by themselves. Files written to the working directory become artifacts. You see what is printed or displayed: print what you need to know, frames with to_string(), since pandas leaves out columns of wide ones.',
    parameters: {
      type: 'object',
      properties: { code: { type: 'string', description: 'Python source; the last expression is shown.' } },
      required: ['code'],
    },
    codeArgument: 'code',
    writes: () => Promise.resolve(true),
    async run(args, context) {
      const seen = new Output();
      const code = String(args['code']);
      try {
        const result = await python.execute(code, {
          cell: `step ${context.step}`,
          onEvent: (event) => {
            seen.add(event);
            if (event.type === 'stream') context.progress(firstLine(event.text.trim()));
          },
          signal: context.signal,
        });
        const error = result.status === 'ok' ? seen.timedOut : failureText(result);
        const files = result.artifacts.map(({ path, bytes }) => `${asData(path)} (${bytes} bytes)`);
        // A failed step shows no charts.
        if (error === null)
          charts.note(
            context.step,
            seen.charts,
            result.artifacts.map(({ path }) => path),
          );
        return seen.result(context.step, code, error, files, privacy);
      } catch (error) {
        return portError(error);
      }
    },
  };
}

interface Failure {
  readonly ename: string;
  readonly text: string;
  readonly summary: string;
}

function failureText(result: { ename: string; evalue: string; traceback: readonly string[] }): Failure {
  const { ename, evalue } = result;
  const trace = withoutColour(result.traceback.join('\n')).trimEnd();
  const told = trace.includes(ename) && trace.includes(evalue);
  // A limit ends code by an interrupt: what the sandbox says of it stands in the place of that.
  const rest = trace.replace(/KeyboardInterrupt:?\s*$/, '').replace(/^KeyboardInterrupt\b/gm, ename);
  const text = told ? trace : `${rest.trimEnd()}\n${ename}: ${evalue}`.trim();
  const advice = ename === 'TimeoutError' ? '\nDo less at once: aggregate or sample in SQL first.' : '';
  return {
    ename,
    text: cutMiddle(text, SHOWN.characters / 2) + advice,
    summary: firstLine((text.split('\n').at(-1) ?? ename).replace(/:\s*$/, '')),
  };
}

// eslint-disable-next-line no-control-regex
const withoutColour = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '');

/** What a piece of Python said and showed, for the model and for the person. */
class Output {
  readonly #text: string[] = [];
  readonly #displays: Display[] = [];
  readonly #byId = new Map<string, number>();
  readonly #images: Image[] = [];
  #stream = '';
  #timedOut: Failure | null = null;

  /** Set where code that was to be stopped caught the interrupt: its end is not the one that it would have had. */
  get timedOut(): Failure | null {
    return this.#timedOut;
  }

  get charts(): number {
    return this.#images.length;
  }

  add(event: SandboxEvent): void {
    switch (event.type) {
      case 'stream':
        this.#stream += event.text;
        return;
      case 'display':
      case 'result':
        this.#flush();
        this.#show(event);
        return;
      case 'notice':
        this.#flush();
        if (event.timedOut === true)
          this.#timedOut = { ename: 'TimeoutError', text: event.text, summary: firstLine(event.text) };
        else this.#text.push(`(${event.text})`);
        return;
      case 'clear':
        return;
    }
  }

  #flush(): void {
    if (this.#stream === '') return;
    this.#text.push(this.#stream.trimEnd());
    this.#displays.push({ data: { 'text/plain': this.#stream } });
    this.#stream = '';
  }

  #show(event: SandboxEvent & { type: 'display' | 'result' }): void {
    const display: Display = { data: event.data, metadata: event.metadata };
    const id = event.type === 'display' ? event.displayId : undefined;
    const at = id === undefined ? undefined : this.#byId.get(id);
    if (at === undefined) {
      if (id !== undefined) this.#byId.set(id, this.#displays.length);
      this.#displays.push(display);
    } else this.#displays[at] = display;
    const image = imageOf(event.data);
    if (image !== null) this.#images.push(image);
    const plain = event.data['text/plain'];
    this.#text.push(
      image === null ? (typeof plain === 'string' ? plain : '') : '(a chart: it is shown in the notebook)',
    );
  }

  result(
    step: string,
    code: string,
    error: Failure | null,
    files: readonly string[],
    privacy: Privacy,
  ): ToolResult {
    this.#flush();
    const body = cutMiddle(asData(this.#text.filter((part) => part !== '').join('\n')), SHOWN.characters);
    const shown = privacy.pythonOutput(body === '' ? '(no output)' : body);
    const parts = [shown];
    if (files.length > 0) parts.push(`Files written: ${cutText(files.join(', '), 1000)}`);
    if (error !== null) {
      parts.push(asData(privacy.pythonError(error.ename, error.text)));
      this.#displays.push({ data: { 'text/plain': error.text } });
    }
    return {
      text: `<result of="${step}">\n${parts.join('\n')}\n</result>`,
      error: error !== null,
      images: privacy.hidesRows ? [] : this.#images.slice(0, IMAGES),
      displays: this.#displays,
      summary: error === null ? this.#summary(files) : error.summary,
      // What was printed before an error was found all the same.
      ...(error !== null && body === ''
        ? {}
        : { evidence: { text: shown, tables: null, literal: false, code } }),
    };
  }

  #summary(files: readonly string[]): string {
    const parts: string[] = [];
    if (this.#images.length > 0) parts.push(quantity(this.#images.length, 'chart'));
    if (files.length > 0) parts.push(quantity(files.length, 'file'));
    const lines = this.#text.join('\n').split('\n').length;
    if (parts.length === 0)
      parts.push(this.#text.length === 0 ? 'no output' : `${quantity(lines, 'line')} of output`);
    return parts.join(', ');
  }
}

function imageOf(data: MimeBundle): Image | null {
  for (const mime of ['image/png', 'image/jpeg']) {
    const base64 = data[mime];
    if (typeof base64 === 'string') return { mime, base64: base64.replace(/\s/g, '') };
  }
  return null;
}
