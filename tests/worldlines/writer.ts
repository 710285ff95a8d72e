import { Kernel } from './withSession.js';
import { ran } from './FakeHost.js';

/**
 * A kernel that makes checkpoints until it is killed: cell n sets every part to n. It says when a cell began, when its
 * checkpoint was confirmed (as a reply would), and when its state was in the store.
 */
const [home = '', from = '0'] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const kernel = await Kernel.start(home);
const { session } = kernel;
if (from !== '0') await session.resume(from);
let number = (await session.cells()).length;
let first = true;
for (;;) {
  const value = String(++number);
  await session.begin({ title: value, cellId: null });
  // What a kernel before this one was short of is short for good.
  if (first) first = false;
  else say(`began - ${value}`);
  const parts = await kernel.parts();
  await session.ready('database');
  await session.ready('workspace');
  parts.setTable(number % 3, value);
  parts.setVariable('x', value);
  parts.setFile('x.txt', value);
  const { checkpoint, saved } = await session.commit(ran({ source: value, turns: [value] }));
  say(`confirmed ${checkpoint.id} ${value}`);
  void saved.then(({ problems }) => {
    say(problems.length === 0 ? `saved ${checkpoint.id} ${value}` : `failed ${problems.join(' ')}`);
  });
}
