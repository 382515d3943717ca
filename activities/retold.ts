import { BareMetalError } from '../domain/errors.ts';

/** What `work` gives; what it is refused with is told in more words, and stays what it is. */
export async function retold<T>(work: Promise<T>, words: (message: string) => string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof BareMetalError)) throw error;
    throw new BareMetalError(error.code, words(error.message), { cause: error });
  }
}
