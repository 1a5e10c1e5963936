// Months as they are laid out: nothing here knows a time or a zone.
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, dateText, isDate, weekdayOf, weeksOf } from './civil';

describe('a civil date', () => {
  it('exists or does not', () => {
    expect(isDate('2028-02-29')).toBe(true);
    expect(isDate('2027-02-29')).toBe(false);
    expect(isDate('2026-1-5')).toBe(false);
    expect(isDate('soon')).toBe(false);
  });
  it('counts on over the change to summer time, and over a leap day', () => {
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
  });
  it('stays in a shorter month', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2026-12-15', 1)).toBe('2027-01-15');
    expect(addMonths('2026-01-15', -1)).toBe('2025-12-15');
  });
  it('is written in the language, on the same day in every zone', () => {
    expect(dateText('2026-11-21', 'en')).toBe('Nov 21, 2026');
    expect(dateText('2026-11-21', 'zh-CN')).toBe('2026年11月21日');
  });
});

it('a month is whole weeks from Monday to Sunday', () => {
  const weeks = weeksOf('2026-11');
  expect(weeks).toHaveLength(6);
  expect(weeks[0]?.[0]).toBe('2026-10-26');
  expect(weeks.at(-1)?.[6]).toBe('2026-12-06');
  expect(weeks.every((week) => week.length === 7 && weekdayOf(week[0] ?? '') === 1 && weekdayOf(week[6] ?? '') === 7)).toBe(true);
  expect(weeksOf('2027-02')).toHaveLength(4);
});
