// The link over Tauri: commands of the window process, which asks the guard. Knows no page and no store.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Response } from '@/bindings/api';
import { Refusal, type Answer, type Asked, type Kind, type Link } from './types';

async function call<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (thrown) {
    throw Refusal.from(thrown);
  }
}

/** The link of the real window. */
export function tauriLink(): Link {
  return {
    async ask<K extends Kind>(request: Asked<K>) {
      const response = await call<Response>('ask', { request });
      return ('data' in response ? response.data : undefined) as Answer<K>;
    },
    onChanges: (listener) => listen('changes', (event) => listener(event.payload as never)),
    onLink: (listener) => listen('link', (event) => listener(event.payload as never)),
    async onPage(listener) {
      const take = async () => {
        const page = await call<string | null>('take_page');
        if (page) listener(page);
      };
      const unlisten = await listen('page', () => void take());
      await take();
      return unlisten;
    },
    linkState: () => call('link_state'),
    seen: (seen) => call('seen', { seen }),
    windowInfo: () => call('window_info'),
    saveText: (name, text) => call('save_text', { name, text }),
    openDataFolder: () => call('open_data_folder'),
  };
}
