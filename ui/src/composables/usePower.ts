// A power state in words. The api tells it as one field: `power`, and the provider's own word beside `other`.
import { useI18n } from 'vue-i18n';

/** The word of a power state; "not known" where none was read. */
export function usePower() {
  const { t, te } = useI18n();
  function powerWord(power: Record<string, string> | null): string {
    const word = power?.power;
    if (!word) return t('words.power.unknown');
    const key = `words.power.${word}`;
    return te(key) ? t(key, { word: power.word ?? '' }) : word;
  }
  return { powerWord };
}
