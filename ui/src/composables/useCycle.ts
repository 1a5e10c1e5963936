// How a renewal repeats, in words and as the parts of a form. The texts are those of the configuration: `monthly` and
// `31`, `every 90 days` and `2026-11-21`. Tested in renewals.test.ts.
import { useI18n } from 'vue-i18n';
import { dateText } from './civil';

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

/** A leap year, in which every month and day exists. */
const LEAP = 2024;

/** Cycles in the words of the language. */
export function useCycle() {
  const { t, locale } = useI18n();
  function words(cycle: string, day: string): string {
    const { kind, every } = cycleParts(cycle);
    switch (kind) {
      case 'weekly': return t('renewals.cycle.weekly', { day: t(`renewals.weekdays.d${day}`) });
      case 'monthly': return t('renewals.cycle.monthly', { day: locale.value === 'en' ? ordinal(day) : day });
      case 'yearly': return t('renewals.cycle.yearly', { day: dateText(`${LEAP}-${day}`, locale.value, { month: 'long', day: 'numeric' }) });
      case 'days':
      case 'months': return t(`renewals.cycle.${kind}`, Number(every));
      default: return t(`renewals.cycle.${kind}`);
    }
  }
  return { words };
}

/** `31st`: English only. */
function ordinal(day: string): string {
  const suffix: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };
  return `${day}${suffix[new Intl.PluralRules('en', { type: 'ordinal' }).select(Number(day))] ?? 'th'}`;
}
