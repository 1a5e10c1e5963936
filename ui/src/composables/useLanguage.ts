// The language of the window: the system's, or the chosen one. Loads only the catalogue that is shown.
import { computed, ref, type ComputedRef, type Ref } from 'vue';
import type { LanguageChoice } from '@/bindings/api';
import { i18n, loadLanguage, type Language } from '@/i18n';

const choice = ref<LanguageChoice>('system');
const system = ref<Language>(navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en');

/** `language`: the one shown, to be sent as `lang` with requests that answer with sentences. */
export function useLanguage(): {
  choice: Readonly<Ref<LanguageChoice>>;
  language: ComputedRef<Language>;
  choose: (language: LanguageChoice) => Promise<void>;
  systemIs: (language: Language) => void;
} {
  return {
    choice,
    language: computed(() => i18n.global.locale.value as Language),
    async choose(language) {
      choice.value = language;
      await loadLanguage(language === 'system' ? system.value : language);
    },
    systemIs(language) {
      system.value = language;
    },
  };
}

/** The shown language, outside of components. */
export function language(): Language {
  return i18n.global.locale.value as Language;
}
