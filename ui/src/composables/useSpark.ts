// The last month of a meter as a small line. Asked when it is first seen, a few at a time, and kept until its meter is
// read again; a bounded number of them. Tested in balances.test.ts.
import { shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { MeterView } from '@/bindings/api';
import { language } from '@/composables/useLanguage';
import { ask } from '@/link';

/** Points of a line of 120 pixels. */
const POINTS = 40;
const DAYS = 30;
const DAY_MS = 86_400_000;
/** Questions at once: the first rows are there soon, and the guard has other work. */
const AT_ONCE = 3;
/** Lines that are kept; the oldest goes first. */
const KEPT = 300;

const kept = new Map<string, number[]>();
const waiting: (() => Promise<void>)[] = [];
let running = 0;

async function work(): Promise<void> {
  if (running >= AT_ONCE) return;
  running += 1;
  for (let next = waiting.shift(); next; next = waiting.shift()) await next();
  running -= 1;
}

async function read(meter: MeterView): Promise<number[]> {
  const end = Date.now();
  const chart = await ask({
    request: 'chart', account: meter.account, meter: meter.meter, points: POINTS, lang: language(),
    start: new Date(end - DAYS * DAY_MS).toISOString(), end: new Date(end).toISOString(),
  });
  // Only drawn: what is written beside it stays exact.
  return chart.points.value.map(Number);
}

/** The line of a meter once `seen`; empty while it is not known, or where nothing was read. */
export function useSpark(meter: () => MeterView, seen: Readonly<Ref<boolean>>): Readonly<ShallowRef<number[]>> {
  const line = shallowRef<number[]>([]);
  let wanted = '';
  watch([seen, () => `${meter().account}/${meter().meter}@${meter().as_of ?? meter().last_good?.as_of ?? ''}`] as const, ([visible, name]) => {
    if (!visible || name === wanted) return;
    wanted = name;
    const known = kept.get(name);
    if (known) {
      line.value = known;
      return;
    }
    waiting.push(async () => {
      if (name !== wanted) return;
      // A picture that cannot be had is left out: the row says what went wrong with its meter.
      const values = await read(meter()).catch(() => []);
      kept.set(name, values);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      if (name === wanted) line.value = values;
    });
    void work();
  }, { immediate: true });
  return line;
}
