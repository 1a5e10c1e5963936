// Where an action stands: on its way, or over.
import type { ActionView } from '@/bindings/api';

const ENDED = new Set(['verified', 'failed', 'cancelled', 'abandoned']);

/** Whether nothing more comes of it. */
export function hasEnded(action: ActionView): boolean {
  return ENDED.has(action.state);
}
