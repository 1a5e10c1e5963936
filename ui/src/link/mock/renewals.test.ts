// The made-up renewals stand in the same order on every day of four years: a page's test must not depend on the calendar.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { items, paidAtFirst, renewals } from './renewals';

const DAYS = 4 * 365 + 1;
afterEach(() => { vi.useRealTimers(); });

describe('the made-up renewals', () => {
  it('are in the same order and standing on every day', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const unlike = Array.from({ length: DAYS }, (_, n) => {
      vi.setSystemTime(new Date(2026, 0, 1 + n, 12));
      const list = items();
      const paid = new Map(list.map((item) => [item.id, paidAtFirst(item)]));
      const told = renewals(list, paid, 'en').renewals.map((row) => `${row.id} ${row.days}`).join(', ');
      return { day: new Date().toDateString(), told };
    }).filter(({ told }) => told !== 'dns-bundle -4, vpn 0, copilot 2, backup-week 6, ecs-sg 9, trial-db 12, cert 26, old-host null');
    expect(unlike).toEqual([]);
  });
});
