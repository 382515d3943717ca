import { readFile } from 'node:fs/promises';

/** Where images are kept and who hears of the progress. */
export interface BuildContext {
  readonly cache: string;
  readonly log: (line: string) => void;
}

/** Path of a file of `lab/image/templates`. */
export const templatePath = (name: string): string => new URL(`./templates/${name}`, import.meta.url).pathname;

/** Text of a file of `lab/image/templates`. */
export const template = async (name: string): Promise<string> => readFile(templatePath(name), 'utf8');

/** Text of a file beside the builders, such as a package list. */
export const listFile = async (name: string): Promise<string> =>
  readFile(new URL(`./${name}`, import.meta.url), 'utf8');
