import { UnsavedVariablesError } from '@worldline/sandbox';

const ADVICE = 'Where later cells say so too, %undo starts Python anew, with the variables that were saved.';

/** The same, with what to do where it rejects because of what the cells made of Python. */
export async function advised<T>(saving: Promise<T>): Promise<T> {
  try {
    return await saving;
  } catch (error) {
    if (!(error instanceof UnsavedVariablesError)) throw error;
    throw new Error(`${error.problem} ${ADVICE}`, { cause: error });
  }
}
