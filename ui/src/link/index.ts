// The one link of the window. `main.ts` chooses it; everything else imports `ask` and the types from here.
import type { Answer, Asked, Kind, Link } from './types';

export * from './types';

let link: Link | undefined;

/** Chooses the link; once per start, and once per test. */
export function useLink(chosen: Link): void {
  link = chosen;
}

/** The chosen link. */
export function theLink(): Link {
  if (!link) throw new Error('no link was chosen');
  return link;
}

/** Asks the guard: `await ask({ request: 'status' })`. Rejects with a `Refusal`. */
export function ask<K extends Kind>(request: Asked<K>): Promise<Answer<K>> {
  return theLink().ask(request);
}
