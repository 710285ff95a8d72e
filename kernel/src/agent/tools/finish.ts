import type { Tool } from '../types.js';

export function finishTool(): Tool {
  return {
    name: 'finish',
    description:
      'Gives the final answer and ends the run. Call it alone, once the results support the answer. Every figure and date in the answer must come from a result named in evidence.',
    parameters: {
      type: 'object',
      properties: {
        answer: { type: 'string', description: 'The answer in concise Markdown.' },
        evidence: {
          type: 'array',
          items: { type: 'string' },
          description: 'Handles of the results that the answer rests on, such as ["r3", "r5"].',
        },
      },
      required: ['answer', 'evidence'],
    },
    readable({ answer, evidence }) {
      const handles = (evidence as unknown[]).map(String).join(', ');
      return `${String(answer)}\n\n${handles === '' ? 'No evidence.' : `Evidence: ${handles}`}`;
    },
    run(args) {
      const answer = String(args['answer']);
      const evidence = (args['evidence'] as unknown[]).map(String);
      if (answer.trim() === '')
        return Promise.resolve({
          text: 'The answer is empty.',
          error: true,
          displays: [],
          summary: 'empty answer',
        });
      return Promise.resolve({
        text: 'The answer was shown to the user.',
        error: false,
        displays: [],
        summary: evidence.length === 0 ? 'answer' : `answer from ${evidence.join(', ')}`,
        finish: { answer, evidence },
      });
    },
  };
}
