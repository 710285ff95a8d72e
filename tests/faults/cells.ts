import { call } from '../integration/withModel.js';
import type { Script } from '../support/model-server.js';
import type { State } from './History.js';

export const INSERT = (n: number): string => `insert into t values (${n})`;
export const APPEND = (n: number): string => `import ast, numpy as np
if "values" not in globals():
    values = ast.literal_eval(open("values.txt").read())
    big = np.zeros(500_000)
    big[:len(values)] = values
big[len(values)] = ${n}; values.append(${n})`;
export const WRITE = '_ = open("values.txt", "w").write(str(values))';
export const LOOK = `%%python
rows = sql("select i from t order by i")["i"].tolist()
known = globals().get("values")
print(rows, known, open("values.txt").read(), known is None or big[:len(known)].astype(int).tolist() == known)`;

/** An agent that inserts a row, and then appends a value. */
export const AGENT: Script = ({ body }) => {
  const messages = body['messages'] as { role: string; content: unknown }[];
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const [, row, value] = /add (\d+) and (\d+)/.exec(JSON.stringify(messages[asked])) ?? [];
  const done = messages.slice(asked).filter(({ role }) => role === 'tool').length;
  if (done === 0) return call('run_sql', { sql: INSERT(Number(row)) });
  if (done === 1) return call('run_python', { code: `${APPEND(Number(value))}\n${WRITE}` });
  return call('finish', { answer: 'Done.', evidence: [] });
};

/** What LOOK prints. */
export function seen({ rows, values, file }: State): string {
  const list = (numbers: readonly number[]): string => `[${numbers.join(', ')}]`;
  return `${list(rows)} ${values === null ? 'None' : list(values)} ${list(file)} True\n`;
}
