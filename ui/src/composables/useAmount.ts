// An amount in the words of the language. The number is exact; see decimal.ts.
import { useI18n } from 'vue-i18n';
import type { Amount } from '@/bindings/api';
import { exactParts, parts, type Parts } from './decimal';

/** How amounts are written: in parts, so that the unit can be quieter than the number, or as one text. */
export function useAmount() {
  const { t } = useI18n();
  function inParts(amount: Amount, binary = false, every = false): Parts {
    const found = every ? exactParts(amount) : parts(amount, binary);
    if (found.unit === 'days' || found.unit === 'credits') {
      return { ...found, unit: t(`common.unit.${found.unit}`, Number(found.number) === 1 ? 1 : 2) };
    }
    return found;
  }
  function joined({ number, unit, before }: Parts): string {
    if (unit === '%') return `${number}%`;
    return before ? `${unit} ${number}` : `${number} ${unit}`;
  }
  const text = (amount: Amount, binary = false) => joined(inParts(amount, binary));
  /** With every digit that it has. */
  const exact = (amount: Amount) => joined(inParts(amount, false, true));
  /** A change: with its sign, also where it is more. */
  const signed = (amount: Amount, say: (amount: Amount) => string = exact) => (amount.value.startsWith('-') ? say(amount) : `+${say(amount)}`);
  /** Bytes a second: what flows counts in powers of 1024, as the panels of subscriptions do. */
  const rate = (bytes: number) => `${text({ value: String(Math.trunc(bytes)), unit: 'bytes' }, true)}/s`;
  return { inParts, text, exact, signed, rate };
}
