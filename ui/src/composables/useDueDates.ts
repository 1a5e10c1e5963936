// The due dates of every renewal as far as a month that is looked at. The guard counts them; asked once for each stretch,
// and never further than is looked. Tested in renewals.test.ts.
import { shallowRef, type ShallowRef } from 'vue';
import type { RenewalView } from '@/bindings/api';
import { addDays, addMonths } from '@/composables/civil';
import { useRun } from '@/composables/useRun';
import { ask } from '@/link';

/** Questions for one renewal and one month: a daily one has 31 due dates, and an answer holds twelve. */
const STRETCHES = 4;

interface Known {
  of: RenewalView;
  dates: string[];
  ended: boolean;
}

/** `days`: which renewals are due on a date. `reach`: counts on to the end of a month, `2026-11`. */
export function useDueDates(): {
  days: Readonly<ShallowRef<Map<string, RenewalView[]>>>;
  counting: ReturnType<typeof useRun>;
  reach: (renewals: RenewalView[], month: string) => Promise<void>;
} {
  const days = shallowRef(new Map<string, RenewalView[]>());
  const counting = useRun();
  let known: Known[] = [];
  let from: RenewalView[] | undefined;

  async function countOn(row: Known, end: string): Promise<void> {
    for (let stretch = 0; stretch < STRETCHES && !row.ended && (row.dates.at(-1) ?? end) <= end; stretch += 1) {
      const { due } = await ask({ request: 'renewal_preview', cycle: row.of.cycle, day: row.of.day, paid: row.dates.at(-1) ?? null, today: null });
      row.ended = due.length === 0;
      row.dates.push(...due);
    }
  }

  async function reach(renewals: RenewalView[], month: string): Promise<void> {
    if (from !== renewals) {
      from = renewals;
      known = renewals.filter((row) => row.enabled && row.next_due).map((row) => ({ of: row, dates: row.next_due ? [row.next_due] : [], ended: false }));
    }
    const rows = known;
    const end = addDays(addMonths(`${month}-01`, 1), -1);
    await counting.run(() => Promise.all(rows.map((row) => countOn(row, end))));
    if (rows !== known) return;
    const by = new Map<string, RenewalView[]>();
    for (const row of rows) for (const date of row.dates) by.set(date, [...(by.get(date) ?? []), row.of]);
    days.value = by;
  }

  return { days, counting, reach };
}
