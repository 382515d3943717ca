import { Context } from '@temporalio/activity';
import { BareMetalError } from '../domain/errors.ts';
import type { DeviceAction, DeviceAnswer } from '../domain/node-events.ts';

/** More answers than this of one try are not kept: the first ones tell what was done. */
const MOST_ANSWERS = 100;

const heard = new WeakMap<Context, DeviceAnswer[]>();

/** Asks a device within the running activity and notes what it said: `tell` makes few words of it, without secrets. */
export async function noteAnswer<T>(
  asked: DeviceAction,
  ask: () => Promise<T>,
  tell: (result: T) => string = () => 'done',
): Promise<T> {
  try {
    const result = await ask();
    note({ ...asked, answer: tell(result) });
    return result;
  } catch (error) {
    note({ ...asked, answer: error instanceof BareMetalError ? error.code : 'no answer' });
    throw error;
  }
}

/** A BMC that is asked again and again says one thing several times. */
function note(answer: Omit<DeviceAnswer, 'times'>): void {
  const context = Context.current();
  const answers = heard.get(context) ?? [];
  heard.set(context, answers);
  const last = answers.at(-1);
  if (last?.device === answer.device && last.action === answer.action && last.answer === answer.answer) {
    answers[answers.length - 1] = { ...last, times: last.times + 1 };
  } else if (answers.length < MOST_ANSWERS) {
    answers.push({ ...answer, times: 1 });
  }
}

/** What devices have told this activity so far. */
export function answersOf(context: Context): readonly DeviceAnswer[] {
  return heard.get(context) ?? [];
}

/** The same, and none of them is told again. */
export function takeAnswers(context: Context): readonly DeviceAnswer[] {
  const answers = answersOf(context);
  heard.delete(context);
  return answers;
}
