// The look of the window: the system's, or the chosen one. Told to the page by `data-theme`; tokens.css does the rest.
import { readonly, ref, type Ref } from 'vue';
import type { ThemeChoice } from '@/bindings/api';

const system = window.matchMedia('(prefers-color-scheme: dark)');
const choice = ref<ThemeChoice>('system');
const shown = ref<'light' | 'dark'>(system.matches ? 'dark' : 'light');

function apply(): void {
  shown.value = choice.value === 'system' ? (system.matches ? 'dark' : 'light') : choice.value;
  document.documentElement.dataset.theme = shown.value;
}
system.addEventListener('change', apply);
apply();

/** `choice`: what was asked for; `shown`: what it comes to now, for charts. Saving it is the settings store's part. */
export function useTheme(): {
  choice: Readonly<Ref<ThemeChoice>>;
  shown: Readonly<Ref<'light' | 'dark'>>;
  choose: (theme: ThemeChoice) => void;
} {
  return {
    choice: readonly(choice),
    shown: readonly(shown),
    choose(theme) {
      choice.value = theme;
      apply();
    },
  };
}
