import type { AskPort } from '../ports.js';
import type { Tool } from '../types.js';

export function askUserTool(ask: AskPort): Tool {
  return {
    name: 'ask_user',
    description:
      'Asks the person one short question and waits for the answer. Only where the request can be read in ways that lead to different results and the data cannot decide.',
    parameters: {
      type: 'object',
      properties: { question: { type: 'string' } },
      required: ['question'],
    },
    codeArgument: 'question',
    async run(args, context) {
      const question = String(args['question']);
      const answer = await ask.ask(question, context.signal);
      if (answer !== null)
        return {
          text: `The user answered: ${answer}`,
          error: false,
          displays: [],
          summary: `answered: ${answer}`,
        };
      return {
        text: 'Nobody can answer now. Take the most sensible assumption, and state it in the answer.',
        error: false,
        displays: [],
        summary: 'nobody there to answer',
      };
    },
  };
}
