// A guard made up for development in a browser, for tests and for pictures. Never part of a build for people.
// `?world=` chooses it: `full` (default), `calm`, `empty`, `welcome`, `lost`, `error`, `slow`, `hostile`; `&lang=en&theme=dark` its settings.
import type { ApiError, ChangeBatch, ChangeEvent, LanguageChoice, Request, Response, ThemeChoice } from '@/bindings/api';
import { Refusal, type Answer, type Asked, type Kind, type Link, type LinkState } from '../types';
import { World, type WorldName } from './world';

/** What a test can do with the made-up guard beyond asking. */
export interface MockLink extends Link {
  /** Tells one batch, as the guard would after a transaction. */
  tell(...events: ChangeEvent[]): void;
  tellBatch(batch: ChangeBatch): void;
  tellLink(state: LinkState): void;
  /** Every request so far, newest last. */
  asked: Request[];
  /** Whether the page was seen, each time it told. */
  sights: boolean[];
  /** What the next request of a kind is refused with. */
  refuse(kind: Kind, error: ApiError): void;
  world: World;
}

/** Milliseconds that a made-up answer takes: none in tests, about a real one's in a browser. */
const DELAY_MS = 30;
/** How often the made-up traffic moves in a browser: as often as the real one is told. */
const PULSE_MS = 2_000;

export function mockLink(query = new URLSearchParams(), delay = import.meta.env.MODE === 'test' ? 0 : DELAY_MS): MockLink {
  const world = new World((query.get('world') ?? 'full') as WorldName, {
    theme: (query.get('theme') ?? 'system') as ThemeChoice,
    language: (query.get('lang') ?? 'system') as LanguageChoice,
  });
  const changes = new Set<(batch: ChangeBatch) => void>();
  const links = new Set<(state: LinkState) => void>();
  const pages = new Set<(path: string) => void>();
  const refusals = new Map<Kind, ApiError>();
  const asked: Request[] = [];
  const sights: boolean[] = [];
  let seq = 0;

  function tellBatch(batch: ChangeBatch): void {
    seq = batch.seq;
    changes.forEach((listener) => listener(batch));
  }
  const tell = (...events: ChangeEvent[]) => tellBatch({ seq: seq + 1, at: new Date().toISOString(), events });
  world.listen(tell);
  // What passes now moves by itself, as it would; a test moves it when it wants to.
  if (delay > 0) setInterval(() => world.proxy.pulse(), PULSE_MS);

  async function answer(request: Request): Promise<Response> {
    asked.push(request);
    // The window draws only when it knows its settings: what is slow is everything else.
    const wait = world.name === 'slow' && request.request !== 'settings' ? 3_600_000 : delay;
    if (wait > 0) await new Promise((resume) => setTimeout(resume, wait));
    const refused = refusals.get(request.request);
    refusals.delete(request.request);
    if (refused) throw new Refusal(refused);
    if (world.name === 'error' && request.request !== 'settings') {
      throw new Refusal({ code: 'store', detail: 'the database is locked by another program', retryable: true });
    }
    return world.answer(request);
  }

  return {
    asked, sights, world, tell, tellBatch,
    tellLink: (state) => links.forEach((listener) => listener(state)),
    refuse: (kind, error) => void refusals.set(kind, error),
    async ask<K extends Kind>(request: Asked<K>) {
      const response = await answer(request);
      return ('data' in response ? response.data : undefined) as Answer<K>;
    },
    onChanges: (listener) => listen(changes, listener),
    onLink: (listener) => listen(links, listener),
    onPage: (listener) => listen(pages, listener),
    linkState: () => Promise.resolve(world.name === 'lost' ? { state: 'disconnected' } : { state: 'connected' }),
    seen: (seen) => {
      sights.push(seen);
      return Promise.resolve();
    },
    windowInfo: () => Promise.resolve({ language: navigator.language.startsWith('zh') ? 'zh-CN' : 'en', version: '0.1.0' }),
    saveText: (name) => Promise.resolve(`/home/you/Downloads/${name}`),
    openDataFolder: () => Promise.resolve(),
  };
}

function listen<T>(listeners: Set<T>, listener: T): Promise<() => void> {
  listeners.add(listener);
  return Promise.resolve(() => void listeners.delete(listener));
}
