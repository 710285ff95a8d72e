/**
 * What is tried, by topic: files of the suite, and with `long` those that only `npm run trust` runs. A line of the table
 * counts the tests of its files; each has at least one.
 * @typedef {{ title: string, files: RegExp, long?: boolean }} Line
 * @type {readonly { title: string, lines: readonly Line[] }[]}
 */
export const TOPICS = [
  {
    title: 'Conformance',
    lines: [
      { title: 'jupyter_kernel_test, nbclient and CurveZMQ', files: /tests\/conformance\/kernel\.test/ },
      {
        title: 'order, content and status of every message',
        files: /tests\/conformance\/(?:comms|execute|input|lifecycle|requests|wire)\.test/,
      },
      {
        title: 'transports: tcp, ipc, with CURVE and without',
        files: /tests\/conformance\/transports\.test/,
      },
      { title: 'output: nothing lost, however much', files: /tests\/conformance\/throughput\.test/ },
      {
        title: 'console, run, execute; nbconvert to HTML, Markdown, PDF, script',
        files: /tests\/integration\/clients\.test/,
      },
      { title: 'the rules that messages are held to', files: /tests\/support\/messageShapes\.test/ },
      {
        title: 'JupyterLab, a console and another client on one kernel',
        files: /tests\/trust\/clients\.trust/,
        long: true,
      },
      {
        title: 'the integration suite, whose messages are all held to the rules',
        files: /tests\/integration\/(?!clients\.).*\.test/,
        long: true,
      },
      {
        title: 'coalescing, pace of updates, one send at a time',
        files: /kernel\/src\/jupyter\/(?:StreamBuffer|DisplayUpdates|Outbox)\.test/,
      },
    ],
  },
  {
    title: 'Bad messages',
    lines: [
      {
        title: 'frames, JSON, signatures, sizes, orders, identities; flat memory',
        files: /tests\/conformance\/fuzz\.test/,
      },
      {
        title: 'signing and connection files',
        files: /kernel\/src\/jupyter\/(?:Signer|ConnectionInfo)\.test/,
      },
    ],
  },
  {
    title: 'Faults',
    lines: [
      { title: 'kills of the database, a container, the kernel', files: /tests\/faults\/.*\.test/ },
      { title: 'kills at any moment, damaged files', files: /tests\/worldlines\/(?:kill|damage)\.test/ },
      { title: 'a full disk under the store', files: /tests\/worldlines\/full\.test/ },
      { title: 'a full disk under a kernel', files: /tests\/trust\/disk\.trust/, long: true },
      {
        title: 'dockerd stopped, killed and started again',
        files: /tests\/trust\/docker\.trust/,
        long: true,
      },
      {
        title: 'the network cut or silent; model servers that fail',
        files: /tests\/trust\/network\.trust/,
        long: true,
      },
      { title: 'a clock that jumps, a machine that sleeps', files: /tests\/trust\/clock\.trust/, long: true },
      { title: 'JupyterLab restarted in the middle of a run', files: /tests\/trust\/lab\.trust/, long: true },
      {
        title: 'a long session in one page of JupyterLab',
        files: /tests\/trust\/labSession\.trust/,
        long: true,
      },
    ],
  },
  {
    title: 'Load',
    lines: [
      {
        title: '20 kernels, 8 worldlines, 1,000 cells, a long loop; nothing left behind',
        files: /tests\/trust\/load\.trust/,
        long: true,
      },
    ],
  },
  {
    title: 'Security',
    lines: [
      { title: 'the sandbox: isolation', files: /tests\/sandbox\/isolation\.test/ },
      { title: 'the sandbox: hostile code', files: /tests\/sandbox\/hostile\/.*\.test/ },
      {
        title: 'what the host reads of the sandbox',
        files: /sandbox\/src\/snapshots\/VariableIntake\.test|tests\/worldlines\/exchange\.test/,
      },
      {
        title: 'the SQL gate, grants, paths and links',
        files: /kernel\/src\/database\/(?:sql\/)?(?:gate|grants|evasions)\w*\.test/,
      },
      { title: 'deadlines, and keys in errors', files: /kernel\/src\/database\/(?:interrupt|state)\.test/ },
      {
        title: 'injected instructions, made-up numbers, limits, replay',
        files:
          /kernel\/src\/agent\/(?:context|grounding|hiddenRows|loop|replay|tools\/\w+|providers\/select)\.test/,
      },
      { title: 'the store, grants, the comm of another kernel', files: /tests\/security\/access\.test/ },
      { title: 'keys in every byte written, shown and sent', files: /tests\/security\/secrets\.test/ },
      { title: 'dependencies: pinned, and each with a reason', files: /tests\/security\/dependencies\.test/ },
      { title: 'scripts in data and answers, in a browser', files: /tests\/browser\/scripts\.test/ },
      { title: 'the threat model names tests that are there', files: /tests\/docs\/links\.test/ },
    ],
  },
];
