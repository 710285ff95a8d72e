/**
 * What stands in the way where a goal is missed, as profiles showed it: by bench and by what the line measures. The page shows
 * a reason only while its goal is missed.
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
export const REASONS = {
  cells: {
    'round trip of %%sql select 1':
      'nearly all of it is work, one thread after the other, and hardly any is waiting: by processor time a fifth is the client’s, two fifths are the kernel’s, and the rest is the database process’, where DuckDB’s own parsing, planning and running are half. Whoever has its turn finds its caches taken by the one before: DuckDB takes more than twice as long for the statement as in a loop of its own. A thread less for it, other settings of V8 and fewer wakes were tried, and gained next to nothing.',
    'round trip of %%python 1+1':
      'the wire and the client take a third of it, IPython with its supervisor a quarter, and the kernel’s own work for the cell and its checkpoint most of the rest. The code and its result each go through two processes of Docker’s; a socket that goes past them saves a tenth of the whole, but the sandbox is to have no way in other than that stream.',
    'first %%python, no spare':
      'nearly all of it is Docker’s start of a container, and Python’s own with numpy, pandas and matplotlib.',
    'a small bar chart, warm': 'nearly all of it is matplotlib’s own drawing, see the bench of the sandbox.',
  },
  lab: {
    'switch between two worldlines of 200 cells':
      'what is in sight comes first, and the other cells once it is painted. What is left is Lab’s and the browser’s own: an editor for each cell in sight, before each of which the browser styles the whole page anew, the canvases of the tables, and two frames.',
  },
  snapshots: {
    'a capture stops the worker for':
      'nineteen twentieths of it, for a gigabyte of Python text, is the fork itself: Linux copies the worker’s table of pages, and small objects lie in pages of 4 KiB, 260,000 of them in a gigabyte. Arrays and Arrow’s columns lie in huge pages, and are forked in what an empty worker takes, two to three milliseconds.',
    restore:
      'objects of Python’s are made one by one as they are unpickled; only buffers, as those of arrays and of Arrow’s columns, can be mapped.',
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
