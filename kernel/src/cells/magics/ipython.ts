import { withPackages } from '../installation.js';

/** Magics that people know from IPython. They work in Python cells, where IPython runs. */
const IPYTHON = new Set(
  (
    'alias autocall autoreload autosave bash bookmark capture cat cd clear colors cp cython debug dhist dirs edit env ' +
    'gui hist history html javascript js latex lf ll load_ext logstart logstop ls lsmagic lx magic man markdown ' +
    'matplotlib mkdir mv notebook page pastebin pdb pdef pdoc perl pfile pinfo popd pprint precision prun psearch ' +
    'psource pushd pwd pycat pylab quickref recall reload_ext rep rerun reset rm rmdir ruby run save sc script ' +
    'set_env sh store svg sx system tb time timeit unalias unload_ext who who_ls whos writefile xdel xmode'
  ).split(' '),
);
const INSTALLERS = new Set(['pip', 'conda', 'mamba', 'uv']);

const SHOWN_BY_HELP = new Set(['lsmagic', 'magic', 'quickref']);

export function isIPython(name: string): boolean {
  return IPYTHON.has(name) || INSTALLERS.has(name);
}

/** Whether a setting is one of IPython's, such as `InlineBackend.figure_format`. */
export function isSettingOfIPython(name: string): boolean {
  return /^[A-Z]\w*\.\w/.test(name);
}

/** What is wrong, and what to do, for a magic of IPython's; null for another name. */
export function ipythonHint(name: string): readonly [message: string, fix: string] | null {
  if (INSTALLERS.has(name)) {
    return [
      `The sandbox has no network, so %${name} cannot install there.`,
      `${withPackages('"NAME …"')} puts packages into the sandbox.`,
    ];
  }
  if (name.endsWith('load_ext'))
    return [
      `SQL needs no extension: %%sql runs it.`,
      `Python's own load in a Python cell: %%python above it.`,
    ];
  if (SHOWN_BY_HELP.has(name))
    return [`${name} is a magic of IPython, for Python cells.`, '%help lists the magics of this kernel.'];
  if (!IPYTHON.has(name)) return null;
  return [
    `${name} is a magic of IPython, for Python cells.`,
    'Write %%python on the line above it, or %default python once for all cells.',
  ];
}

const JUPYSQL: Readonly<Record<string, string>> = {
  sqlcmd: '%tables lists tables, %describe TABLE explains one.',
  sqlplot: 'Ask for the chart in plain words, or draw it in a %%python cell.',
  sqlrender: 'A query is kept as a view: CREATE VIEW name AS SELECT …',
};

/** The same for a magic of JupySQL's. */
export function jupysqlHint(name: string): readonly [message: string, fix: string] | null {
  const instead = JUPYSQL[name];
  return instead === undefined ? null : [`${name} is a magic of JupySQL.`, instead];
}
