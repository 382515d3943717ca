import {
  DAYS_OF_WEEK,
  MONTHS,
  type CalendarSpecDescription,
  type IntervalSpecDescription,
  type Range,
  type ScheduleSpecDescription,
} from '@temporalio/client';

/**
 * The cron expressions that make this spec, as Temporal takes them: of five, six (a year last) or seven fields
 * (seconds first), or `@every`. Temporal itself keeps calendars and intervals only, whatever they were made from.
 */
export function cronOf({ calendars = [], intervals = [], timezone = '' }: ScheduleSpecDescription): string[] {
  const zone = timezone === '' ? '' : `CRON_TZ=${timezone} `;
  return [...calendars.map((calendar) => zone + ofCalendar(calendar)), ...intervals.map(ofInterval)];
}

function ofCalendar({ second, minute, hour, dayOfMonth, month, year, dayOfWeek }: CalendarSpecDescription): string {
  const five = [
    field(minute, [0, 59]),
    field(hour, [0, 23]),
    field(dayOfMonth, [1, 31]),
    field(numbered(month, MONTHS, 1), [1, 12]),
    field(numbered(dayOfWeek, DAYS_OF_WEEK, 0), [0, 6]),
  ];
  const seconds = field(second, [0, 59]);
  const years = year.length === 0 ? '*' : field(year, [0, 9999]);
  if (seconds !== '0') return [seconds, ...five, years].join(' ');
  return (years === '*' ? five : [...five, years]).join(' ');
}

function numbered(ranges: readonly Range<string>[], names: readonly string[], first: number): Range<number>[] {
  const numberOf = (name: string) => names.indexOf(name) + first;
  return ranges.map(({ start, end, step }) => ({ start: numberOf(start), end: numberOf(end), step }));
}

function field(ranges: readonly Range<number>[], [least, most]: readonly [number, number]): string {
  const spanOf = (start: number, end: number) => {
    if (start === least && end === most) return '*';
    return start === end ? `${start}` : `${start}-${end}`;
  };
  return ranges
    .map(({ start, end, step }) => (step > 1 ? `${spanOf(start, end)}/${step}` : spanOf(start, end)))
    .join(',');
}

function ofInterval({ every, offset }: IntervalSpecDescription): string {
  return `@every ${every / 1000}s${offset === undefined || offset === 0 ? '' : `/${offset / 1000}s`}`;
}
