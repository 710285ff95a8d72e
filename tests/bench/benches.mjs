/**
 * The benches by the names of their files: how each is run quickly, and how what it prints becomes tables. A goal is the
 * most that the value beside it may be.
 */
const GOALS = ['what', 'ours', 'peer', 'ratio', 'goal', 'met'];

export const BENCHES = {
  wire: {
    title: 'The wire, beside ipykernel',
    quick: ['--starts', '2', '--trips', '20'],
    read: (printed) => wire(JSON.parse(printed)),
  },
  sandbox: {
    title: 'Python in the sandbox, beside docker exec',
    quick: ['--trips', '20', '--runs', '3'],
    read: (printed) => sandbox(JSON.parse(printed)),
  },
  database: {
    title: 'SQL, beside @duckdb/node-api alone',
    quick: [],
    read: (printed) => database(pairs(printed)),
  },
  snapshots: {
    title: 'Python variables, beside cloudpickle',
    quick: ['--megabytes', '10', '--kinds', 'numpy', '--checkpoints', '5'],
    read: (printed) => snapshots(JSON.parse(printed)),
  },
  worldlines: {
    title: 'Worldlines, with few and many checkpoints, and beside a plain copy',
    quick: ['--checkpoints', '50,200', '--megabytes', '20'],
    read: (printed) => worldlines(boxes(printed)),
  },
};

function wire({ start, roundTrip, lines100000, string50MB, string50MBPeak }) {
  const row = (what, { wire: ours, ipykernel, ratio, goal }) => [
    what,
    ours,
    ipykernel,
    ...judged(ratio, goal),
  ];
  const whole =
    start.worldline === undefined
      ? []
      : [
          [
            'start to first reply, the whole kernel, ms',
            start.worldline,
            start.ipykernel,
            ...judged(start.worldlineRatio, start.goal),
          ],
        ];
  return [
    {
      columns: GOALS,
      rows: [
        row('start to first reply, the wire alone, ms', start),
        ...whole,
        row('round trip of a cell, ms', roundTrip),
        row('100,000 printed lines, ms', lines100000),
        row('one string of 50 MB, ms', string50MB),
        row('the same, peak memory, MB', string50MBPeak),
      ],
    },
  ];
}

function sandbox(figures) {
  const row = (what, value, goal = null) => [what, value, goal, met(value, goal)];
  return [
    {
      columns: ['what', 'ours', 'goal', 'met'],
      rows: [
        row('first cell without a spare, ms', figures.firstCellEmptyPool),
        row('first cell with a spare ready, ms', figures.firstCellWithSpare, 50),
        row('1 + 1, ms', figures.onePlusOne),
        row('a small bar chart, ms', figures.barChart, 60),
        row('100,000 printed lines, ms', figures.lines100k),
        row('one string of 50 MB, ms', figures.string50MB),
        row('pause for a checkpoint of 300 MB, ms', figures.pause300MB, 5),
        row('recovery after a killed cell with 300 MB, ms', figures.recovery300MB, 100),
        row('docker exec python with pandas, ms (peer)', figures.dockerExecPandas),
        row('docker exec ÷ 1 + 1', figures.ratioToDockerExec),
      ],
    },
  ];
}

function database(figures) {
  const { aggregation, aggregationAlone: alone } = figures;
  const most = 1.05 * alone + 3;
  const beside = (what, ours, peer) => [what, ours, peer, ours / peer, null, null];
  return [
    {
      columns: GOALS,
      rows: [
        [
          'aggregation over 3 M flights, ms',
          aggregation,
          alone,
          aggregation / alone,
          most,
          met(aggregation, most),
        ],
        beside('3 M flights to Parquet, ms', figures.toParquet, figures.toParquetAlone),
        beside('first page of a million rows, ms', figures.millionFirstPage, figures.millionFirstChunkAlone),
        beside('first page of 3 M flights, ms', figures.flightsFirstPage, figures.flightsFirstChunkAlone),
      ],
    },
    {
      columns: ['what', 'ours'],
      rows: [
        ['start of the process and first query, ms', figures.startAndFirstQuery],
        ['SELECT 1 of a person, ms', figures.select1],
        ['SELECT 1 of the model, ms', figures.select1Model],
        ['a million rows, counted, ms', figures.millionCounted],
        ['3 M flights, counted, ms', figures.flightsCounted],
        ['memory after the first query, MB (PSS)', figures.processMemory],
        ['memory after the aggregation, MB (PSS)', figures.processMemoryAfterAggregation],
      ],
    },
  ];
}

function snapshots({ states, many }) {
  const columns = Object.keys(states[0]);
  return [
    { columns, rows: states.map((state) => columns.map((column) => state[column])) },
    { columns: Object.keys(many), rows: [Object.values(many)] },
  ];
}

function worldlines([graph, files, data]) {
  const [first, last] = [graph.at(0), graph.at(-1)];
  const growth = ['before reply', 'branch', 'switch', 'page', 'undo', 'start', 'resume after restart'].map(
    (what) => {
      const ratio = last[what] / first[what];
      return [`${what}, ms`, first[what], last[what], ratio, 1.2, met(ratio, 1.2)];
    },
  );
  const branch = data['branch and first query'] / data['plain copy'];
  return [
    {
      columns: ['what', `${first.checkpoints} checkpoints`, `${last.checkpoints}`, 'ratio', 'goal', 'met'],
      rows: growth,
    },
    {
      columns: ['10,000 workspace files', 'ms', 'goal', 'met'],
      rows: [
        ['first stored', files['first stored'], null, null],
        ['unchanged', files['unchanged, until ready'], 50, met(files['unchanged, until ready'], 50)],
      ],
    },
    {
      columns: [`a database of ${Math.round(data.MB)} MB`, 'value', '÷ plain copy', 'goal', 'met'],
      rows: [
        ['plain copy (peer), ms', data['plain copy'], 1, null, null],
        [
          'first snapshot, ms',
          data['first snapshot'],
          data['first snapshot'] / data['plain copy'],
          null,
          null,
        ],
        [
          'one row changed, ms',
          data['one row changed'],
          data['one row changed'] / data['plain copy'],
          null,
          null,
        ],
        ['stored for it, KB', data['stored KB'], null, null, null],
        ['undo, ms', data.undo, data.undo / data['plain copy'], null, null],
        ['branch and first query, ms', data['branch and first query'], branch, 1.5, met(branch, 1.5)],
      ],
    },
  ];
}

const judged = (ratio, goal) => [ratio, goal, met(ratio, goal)];
const met = (value, goal) => (goal === null ? null : value <= goal ? 'yes' : '**no**');

/** Lines such as `select1      0.41`. */
function pairs(printed) {
  return Object.fromEntries(
    [...printed.matchAll(/^(\w+) +([\d.]+)$/gm)].map(([, name, value]) => [name, Number(value)]),
  );
}

/** What console.table draws: for each table its rows, or its one row. */
function boxes(printed) {
  const tables = printed.split('┌').slice(1);
  const read = tables.map((table) => {
    const lines = table.split('\n').filter((line) => line.startsWith('│'));
    const [head, ...rows] = lines.map((line) =>
      line
        .split('│')
        .slice(2, -1)
        .map((text) => text.trim()),
    );
    return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, Number(row[index])])));
  });
  return read.map((rows, index) => (index === 0 ? rows : rows[0]));
}
