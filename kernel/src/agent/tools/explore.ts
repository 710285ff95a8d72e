import type { ExplorePort, ExploreTask } from '../ports.js';
import type { Tool } from '../types.js';
import { portError, toolError } from './result.js';

/** Branches of one call. */
const TASKS = 8;

export function exploreTool(port: ExplorePort): Tool {
  return {
    name: 'explore',
    description:
      'Tries several approaches side by side, each in its own branch with its own database, files and variables, and compares what comes out. For genuinely different methods or assumptions; it costs as much as that many runs.',
    parameters: {
      type: 'object',
      properties: {
        tasks: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              name: { type: 'string', description: 'A short name of the approach.' },
              task: { type: 'string', description: 'What to do, complete in itself.' },
            },
            required: ['name', 'task'],
          },
        },
      },
      required: ['tasks'],
    },
    readable: ({ tasks }) => (tasks as ExploreTask[]).map(({ name, task }) => `${name}: ${task}`).join('\n'),
    writes: () => Promise.resolve(true),
    async run(args, context) {
      const tasks = args['tasks'] as ExploreTask[];
      if (tasks.length < 2) return toolError('Name at least two approaches; do a single one yourself.');
      if (tasks.length > TASKS) return toolError(`Name at most ${TASKS} approaches.`);
      try {
        const found = await port.explore(tasks, context.signal, (text) => {
          context.progress(text);
        });
        return { ...found, error: false };
      } catch (error) {
        return portError(error);
      }
    },
  };
}
