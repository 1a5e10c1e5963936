// Starts the window: chooses the link, the language and the first page, then draws.
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { useLanguage } from './composables/useLanguage';
import { useTheme } from './composables/useTheme';
import { i18n } from './i18n';
import { ask, theLink, useLink } from './link';
import { tauriLink } from './link/tauri';
import { makeRouter } from './router';
import { useSettings } from './stores';
import { followChanges } from './stores/changes';
import './styles/tokens.css';
import './styles/base.css';
import './styles/element.css';

async function start(): Promise<void> {
  // The made-up world is for development in a browser; a build for people does not contain it.
  if (import.meta.env.DEV && !('__TAURI_INTERNALS__' in window)) {
    useLink((await import('./link/mock')).mockLink(new URLSearchParams(location.search)));
  } else {
    useLink(tauriLink());
  }
  const language = useLanguage();
  // Together: each is a way to another process and back, and nothing is drawn before all of them.
  const [info, settings] = await Promise.all([theLink().windowInfo(), ask({ request: 'settings' }).catch(() => undefined), followChanges()]);
  language.systemIs(info.language);
  useTheme().choose(settings?.theme ?? 'system');
  await language.choose(settings?.language ?? 'system');

  const router = makeRouter();
  const app = createApp(App).use(createPinia()).use(i18n).use(router);
  if (settings) useSettings().begin(settings);
  if (settings && !settings.welcomed && ['', '#', '#/'].includes(location.hash)) await router.replace('/welcome');
  app.mount('#app');
  await theLink().onPage((path) => void router.push(path));
}

void start();
