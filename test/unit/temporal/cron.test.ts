import assert from 'node:assert/strict';
import type { CalendarSpecDescription } from '@temporalio/client';
import { cronOf } from '../../../temporal/cron.ts';

const only = (value: number) => [{ start: value, end: value, step: 1 }];

const NIGHTLY: CalendarSpecDescription = {
  second: only(0),
  minute: only(0),
  hour: only(3),
  dayOfMonth: [{ start: 1, end: 31, step: 1 }],
  month: [{ start: 'JANUARY', end: 'DECEMBER', step: 1 }],
  year: [],
  dayOfWeek: [{ start: 'SUNDAY', end: 'SATURDAY', step: 1 }],
  comment: '',
};

describe('cronOf', () => {
  const cases: [what: string, calendar: Partial<CalendarSpecDescription>, cron: string][] = [
    ['every night', {}, '0 3 * * *'],
    [
      'steps and lists',
      { minute: [{ start: 0, end: 59, step: 15 }], hour: [...only(2), ...only(9)] },
      '*/15 2,9 * * *',
    ],
    ['days by number', { dayOfWeek: [{ start: 'MONDAY', end: 'FRIDAY', step: 1 }] }, '0 3 * * 1-5'],
    ['months by number', { month: [{ start: 'FEBRUARY', end: 'DECEMBER', step: 2 }] }, '0 3 * 2-12/2 *'],
    ['a year, as the sixth', { year: only(2027) }, '0 3 * * * 2027'],
    ['seconds, as the first of seven', { second: only(30) }, '30 0 3 * * * *'],
  ];
  for (const [what, calendar, cron] of cases) {
    it(`writes ${what}`, () => assert.deepEqual(cronOf({ calendars: [{ ...NIGHTLY, ...calendar }] }), [cron]));
  }

  it('writes intervals, and the time zone of calendars', () => {
    const intervals = [{ every: 7_200_000 }, { every: 18_000_000, offset: 900_000 }];
    assert.deepEqual(cronOf({ calendars: [NIGHTLY], intervals, timezone: 'Europe/Berlin' } as never), [
      'CRON_TZ=Europe/Berlin 0 3 * * *',
      '@every 7200s',
      '@every 18000s/900s',
    ]);
  });
});
