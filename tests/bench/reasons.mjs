/**
 * What stands in the way where a goal is missed, as profiles showed it: by bench and by what the line measures. The page shows
 * a reason only while its goal is missed.
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
export const REASONS = {
  cells: {
    'round trip of %%sql select 1':
      'a quarter of it is the wire and the client, and a fifth is DuckDB’s own: more than half of that goes into parsing and planning. The rest is, in equal parts, what the kernel does before the statement is on its way (the message, the journal, the links to data), what the database process does around DuckDB’s four steps on another thread, and what the kernel does with the answer (the table, the checkpoint’s record, five messages): calls of a few microseconds each, of which none stands out.',
    'round trip of %%python 1+1':
      'the code and its result each go through three processes of Docker’s, the supervisor and the worker, which two cores share with the kernel and the client.',
    'first %%python, no spare':
      'nearly all of it is Docker’s start of a container, and Python’s own with numpy, pandas and matplotlib.',
    'a small bar chart, warm': 'nearly all of it is matplotlib’s own drawing, see the bench of the sandbox.',
  },
  lab: {
    'switch between two worldlines of 200 cells':
      'Lab takes two hundred drawn cells off the page and puts two hundred on it, as one change of the notebook; then the tables in sight are drawn, and Lab reads the headings of all cells again. Opening the notebook makes as many cells, and takes none away.',
  },
  worldlines: {
    'unchanged, until ready':
      'each file is looked at once, by the descriptor of its folder, so that no link leads outside. Watching folders instead would miss what changes while nobody watches.',
  },
  agent: {
    'four branches at once':
      'each branch opens a copy of the database in a process of its own, and two cores share the four of them.',
    'four branches at once, with steps in Python':
      'four containers start at once on two cores, beside the turns of the model.',
  },
};
