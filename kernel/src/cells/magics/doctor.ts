import { SandboxOptionError } from '@worldline/sandbox';
import { listDisplay } from '../../display/list.js';
import type { Display } from '../../mime.js';
import type { Kernel } from '../Kernel.js';
import { modelNow } from '../ask/provider.js';
import { INSTALLATION } from '../installation.js';
import { VERSION } from '../kernelInfo.js';

const GAP = '  ';

interface Finding {
  readonly what: string;
  readonly state: string;
  readonly fix: string;
}

/** What the kernel needs, whether it is there, and how to mend what is not. */
async function findings(kernel: Kernel): Promise<Finding[]> {
  return [
    installation(),
    node(),
    await docker(kernel),
    await model(kernel),
    await store(kernel),
    folder(kernel),
  ];
}

/** As text, what to do stands below what is the matter, whole: nothing of it may be cut. */
export async function doctorReport(kernel: Kernel): Promise<Display> {
  const found = await findings(kernel);
  const { data } = listDisplay(
    [{ title: 'what' }, { title: 'state' }, { title: 'what to do' }],
    found.map(({ what, state, fix }) => [what, state, fix]),
  );
  const width = Math.max(...found.map(({ what }) => what.length)) + GAP.length;
  const lines = found.flatMap(({ what, state, fix }) =>
    [what.padEnd(width) + state, ...(fix === '' ? [] : [' '.repeat(width) + fix])].map((line) =>
      line.trimEnd(),
    ),
  );
  return { data: { ...data, 'text/plain': lines.join('\n') } };
}

function installation(): Finding {
  return { what: 'Worldline', state: `ok: ${VERSION} in ${INSTALLATION}`, fix: '' };
}

function node(): Finding {
  return { what: 'Node', state: `ok: ${process.version}`, fix: '' };
}

async function docker(kernel: Kernel): Promise<Finding> {
  const what = 'Python sandbox';
  try {
    const check = await (await kernel.sandbox.manager()).check({ folders: true });
    if (!check.ok) return { what, state: check.problem, fix: check.fix };
    const { engine, warning } = check;
    return warning === null
      ? { what, state: `ok: ${engine}`, fix: '' }
      : { what, state: `${engine}. ${warning.problem}`, fix: warning.fix };
  } catch (error) {
    if (!(error instanceof SandboxOptionError)) throw error;
    return { what, state: error.message, fix: 'Set it, or unset it, where Jupyter is started.' };
  }
}

async function model(kernel: Kernel): Promise<Finding> {
  const what = 'model';
  const now = await modelNow(kernel);
  if ('problem' in now) return { what, state: now.problem.message, fix: now.problem.hint ?? '' };
  return { what, state: `ok: ${now.words}`, fix: '' };
}

async function store(kernel: Kernel): Promise<Finding> {
  const session = await kernel.session();
  return { what: 'store', state: `ok: ${kernel.paths.home} (${session.id})`, fix: '' };
}

function folder(kernel: Kernel): Finding {
  const { folders } = kernel.readable();
  return folders.length > 0
    ? { what: 'data folders', state: `ok: ${folders.join(', ')}`, fix: '' }
    : {
        what: 'data folders',
        state: 'none',
        fix: 'The home folder is never readable as a whole: %allow FOLDER grants the one with your data.',
      };
}
