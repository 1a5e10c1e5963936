// What a level bar draws: shares of the whole, exact until the last step. Pure; tested in level.test.ts.
import type { Amount, MeterView } from '@/bindings/api';
import { sharePercent } from './decimal';

/** Shares in percent of the whole, each `null` where it cannot be said. */
export interface Level {
  left: number | null;
  /** What is left at the least, by what is known of the lag: the rest of the bar is hatched. */
  surely: number | null;
  /** What would be left now if the whole were used evenly over its window. */
  even: number | null;
  steps: { at: number; text: string; crossed: boolean }[];
  limit: { at: number; text: string } | null;
}

function amountOf(value: unknown): Amount | null {
  return typeof value === 'object' && value !== null && 'value' in value && 'unit' in value ? (value as Amount) : null;
}

/** The bar of a meter at an instant. Blind meters have none: the last good value is no level. */
export function levelOf(meter: MeterView, now: number): Level | null {
  if (meter.outcome !== 'known' || !meter.remaining || !meter.limit) return null;
  const share = (amount: Amount | null) => sharePercent(amount, meter.limit);
  const guard = meter.guards[0];
  const steps = (guard?.steps ?? []).flatMap((step) => {
    const at = share(step.at);
    return at === null ? [] : [{ at, text: step.text, crossed: step.crossed }];
  });
  const limit = share(guard?.limit?.at ?? null);
  return {
    left: share(meter.remaining),
    surely: share(amountOf(guard?.why?.args.lower_bound)),
    even: evenShare(meter, now),
    steps,
    limit: limit === null || !guard?.limit ? null : { at: limit, text: guard.limit.text },
  };
}

function evenShare(meter: MeterView, now: number): number | null {
  if (!meter.window?.end) return null;
  const start = Date.parse(meter.window.start);
  const span = Date.parse(meter.window.end) - start;
  if (span <= 0) return null;
  return Math.min(100, Math.max(0, Math.round(10_000 * (1 - (now - start) / span)) / 100));
}
