// How a renewal repeats, as the parts of a form. The texts are those of the configuration: `monthly` and
// `31`, `every 90 days` and `2026-11-21`. Pure; tested in renewals.test.ts.

export const CYCLES = ['weekly', 'monthly', 'yearly', 'days', 'months', 'once', 'trial'] as const;
export type CycleKind = (typeof CYCLES)[number];

/** What the form edits: the kind, how many days or months where it counts them, and the day. */
export interface CycleParts {
  kind: CycleKind;
  every: string;
}

/** `every 90 days` as its parts; a text that is none of them is the first kind. */
export function cycleParts(cycle: string): CycleParts {
  const match = /^every (\d+) (day|month)s?$/.exec(cycle);
  if (match) return { kind: match[2] === 'day' ? 'days' : 'months', every: match[1] ?? '' };
  return { kind: CYCLES.find((kind) => kind === cycle) ?? 'weekly', every: '' };
}

/** The parts as the text of the configuration. */
export function cycleText({ kind, every }: CycleParts): string {
  return kind === 'days' || kind === 'months' ? `every ${every.trim()} ${kind}` : kind;
}

/** What the day of a kind is written as. */
export function dayForm(kind: CycleKind): 'weekday' | 'day_of_month' | 'day_of_year' | 'date' {
  if (kind === 'weekly') return 'weekday';
  if (kind === 'monthly') return 'day_of_month';
  return kind === 'yearly' ? 'day_of_year' : 'date';
}
