// An amount in the words of the language. The number is exact; see decimal.ts.
import { useI18n } from 'vue-i18n';
import type { Amount } from '@/bindings/api';
import { parts, type Parts } from './decimal';

/** How amounts are written: in parts, so that the unit can be quieter than the number, or as one text. */
export function useAmount() {
  const { t } = useI18n();
  function inParts(amount: Amount, binary = false): Parts {
    const found = parts(amount, binary);
    if (found.unit === 'days' || found.unit === 'credits') {
      return { ...found, unit: t(`common.unit.${found.unit}`, Number(found.number) === 1 ? 1 : 2) };
    }
    return found;
  }
  function text(amount: Amount, binary = false): string {
    const { number, unit, before } = inParts(amount, binary);
    if (unit === '%') return `${number}%`;
    return before ? `${unit} ${number}` : `${number} ${unit}`;
  }
  return { inParts, text };
}
