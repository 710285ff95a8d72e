const START =
  'nearly all of it is Docker’s start of a container, and Python’s own with numpy, pandas and matplotlib.';
/** Of what lies in few large pieces. */
const FORK =
  'most of it is the fork, and most of that is there without the variables as well: Linux copies the tables of the pages and of the seven hundred mappings that Python and its libraries have. Large arrays lie in huge pages and add little.';

/**
 * What stands in the way where a goal is missed, as profiles showed it: by bench and by what the line measures. The page shows
 * a reason only while its goal is missed, and in tables whose title has the words of `of`.
 * @type {Readonly<Record<string, readonly { what: string, of?: string, why: string }[]>>}
 */
export const REASONS = {
  cells: [
    {
      what: 'round trip of %%sql select 1',
      why: 'nearly all of it is work, one thread after the other, and hardly any is waiting: by processor time a fifth is the client’s, two fifths are the kernel’s, and the rest is the database process’, where DuckDB’s own parsing, planning and running are half. Whoever has its turn finds its caches taken by the one before: DuckDB takes more than twice as long for the statement as in a loop of its own. A thread less for it, other settings of V8 and fewer wakes were tried, and gained next to nothing.',
    },
    {
      what: 'round trip of %%python 1+1',
      why: 'the wire and the client take a third of it, IPython with its supervisor a quarter, and the kernel’s own work for the cell and its checkpoint most of the rest. The code and its result each go through two processes of Docker’s; a socket that goes past them saves a tenth of the whole, but the sandbox is to have no way in other than that stream.',
    },
    {
      what: 'first %%python, no spare',
      why: START,
    },
    {
      what: 'a small bar chart, warm',
      why: 'nearly all of it is matplotlib’s own drawing, see the bench of the sandbox.',
    },
  ],
  sandbox: [
    {
      what: 'a small bar chart',
      why: 'nearly all of it is matplotlib’s own work: it makes the figure, finds the room that it needs, and draws it into the PNG.',
    },
    { what: 'pause for a checkpoint of 300 MB', why: FORK },
    { what: 'first cell without a spare', why: START },
  ],
  lab: [
    {
      what: 'switch between two worldlines of 200 cells',
      why: 'what is in sight comes first, and the other cells once it is painted. What is left is Lab’s and the browser’s own: an editor for each cell in sight, for which CodeMirror has the browser lay out the page when it makes it, since it asks for the fonts, and again when it measures it, before the next one; and the frame in which all that is painted.',
    },
  ],
  snapshots: [
    { what: 'a capture stops the worker for', of: 'a numpy array', why: FORK },
    { what: 'a capture stops the worker for', of: 'a DataFrame of numbers', why: FORK },
    { what: 'a capture stops the worker for', of: 'a pandas column of Arrow text', why: FORK },
    {
      what: 'a capture stops the worker for',
      of: 'a pandas column of Python text',
      why: 'nineteen twentieths of it, for a gigabyte of Python text, is the fork itself: Linux copies the worker’s table of pages, and small objects lie in pages of 4 KiB, 260,000 of them in a gigabyte. Arrays and Arrow’s columns lie in huge pages, five hundred to a gigabyte.',
    },
    {
      what: 'restore',
      of: 'a pandas column of Python text',
      why: 'objects of Python’s are made one by one as they are unpickled; only buffers, as those of arrays and of Arrow’s columns, can be mapped.',
    },
  ],
  worldlines: [
    {
      what: 'unchanged, until ready',
      of: '10,000 files in the workspace',
      why: 'each file is looked at once, by the descriptor of its folder, so that no link leads outside. Watching folders instead would miss what changes while nobody watches.',
    },
  ],
  agent: [
    {
      what: 'four branches at once',
      why: 'each branch opens a copy of the database in a process of its own, and two cores share the four of them.',
    },
    {
      what: 'four branches at once, with steps in Python',
      why: 'four containers start at once on two cores, beside the turns of the model.',
    },
  ],
};
