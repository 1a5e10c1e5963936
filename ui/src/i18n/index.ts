// Texts of the window. One file per page and language, `common.*`, `overview.*`, …; a language is loaded when shown.
// Messages are compiled to data at first use, never to code. Equal keys are tested in catalogue.test.ts.
import { createI18n } from 'vue-i18n';

/** The languages there are. */
export type Language = 'zh-CN' | 'en';

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackWarn: false, missingWarn: true, messages: {} });

const catalogues: Record<Language, () => Promise<{ default: Record<string, object> }>> = {
  en: () => import('./en'),
  'zh-CN': () => import('./zh-CN'),
};

/** Loads and shows a language. */
export async function loadLanguage(language: Language): Promise<void> {
  const catalogue = await catalogues[language]();
  i18n.global.setLocaleMessage(language, catalogue.default as never);
  i18n.global.locale.value = language as never;
  document.documentElement.lang = language;
}
