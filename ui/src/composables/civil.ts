// Civil dates, `YYYY-MM-DD`: days of a calendar without time or zone. Counted in UTC, where every day has 24 hours.
// Which dates are due is the guard's part; here months are laid out. Pure; tested in civil.test.ts.

const DAY_MS = 86_400_000;

/** Whether a text is a date that exists. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && dateOf(Date.parse(text)) === text;
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The date so many days later; negative: earlier. */
export function addDays(date: string, days: number): string {
  return dateOf(Date.parse(date) + days * DAY_MS);
}

/** The same day of another month; its last day where that month is shorter. */
export function addMonths(date: string, months: number): string {
  const from = new Date(date);
  const first = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return dateOf(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), Math.min(from.getUTCDate(), last)));
}

/** The month of a date: `2026-11`. */
export function monthOf(date: string): string {
  return date.slice(0, 7);
}

/** Monday is 1. */
export function weekdayOf(date: string): number {
  return new Date(date).getUTCDay() || 7;
}

/** The weeks that a month touches, Monday first, with the days of its neighbours at both ends. */
export function weeksOf(month: string): string[][] {
  const first = `${month}-01`;
  const start = addDays(first, 1 - weekdayOf(first));
  const end = addDays(addMonths(first, 1), -1);
  const weeks: string[][] = [];
  for (let monday = start; monday <= end; monday = addDays(monday, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, n) => addDays(monday, n)));
  }
  return weeks;
}

/** A date in words of a language. */
export function dateText(date: string, locale: string, how: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' }): string {
  return new Intl.DateTimeFormat(locale, { ...how, timeZone: 'UTC' }).format(Date.parse(date));
}
