import type { ReadStream } from 'node:tty';
import { UsageError } from './verb.ts';

const ENTER = /[\r\n]/;
const INTERRUPT = '\u0003';
const END = '\u0004';
const BACKSPACE = /[\b\u007f]/;

/** Which secret is wanted, and the environment's answer. */
export interface SecretWanted {
  readonly given: string | undefined;
  /** Name of the environment variable. */
  readonly variable: string;
  readonly prompt: string;
}

/**
 * A secret: from the environment, else asked for on the terminal without showing what is typed.
 * @throws UsageError when there is neither
 */
export async function askPassword(
  { given, variable, prompt }: SecretWanted,
  input: ReadStream,
  output: NodeJS.WritableStream,
): Promise<string> {
  if (given !== undefined) return given;
  if (!input.isTTY) throw new UsageError(`set ${variable}, or run in a terminal to be asked`);
  // Raw mode is what keeps the terminal from echoing: before the prompt, since fast fingers type at once.
  input.setRawMode(true);
  output.write(prompt);
  try {
    return await readLine(input);
  } finally {
    input.setRawMode(false);
    input.pause();
    output.write('\n');
  }
}

async function readLine(input: ReadStream): Promise<string> {
  let typed = '';
  input.setEncoding('utf8').resume();
  return await new Promise((resolve, reject) => {
    const take = (text: string) => {
      for (const character of text) {
        if (ENTER.test(character) || character === END) return end(() => resolve(typed));
        if (character === INTERRUPT) return end(() => reject(new UsageError('interrupted')));
        typed = BACKSPACE.test(character) ? typed.slice(0, -1) : typed + character;
      }
    };
    const end = (act: () => void) => {
      input.off('data', take);
      act();
    };
    input.on('data', take);
  });
}
