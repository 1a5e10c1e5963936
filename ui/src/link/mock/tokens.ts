// Tokens of the made-up world.
import type { MadeToken, Scope, TokenView } from '@/bindings/api';
import { at, DAY, HOUR, SECOND } from './clock';

export function tokens(): TokenView[] {
  const token = (n: number, name: string, scopes: Scope[], more: Partial<TokenView> = {}): TokenView =>
    ({ id: `token-${n}`, name, scopes, created_at: at(-n * 10 * DAY), expires_at: null, last_used_at: null, revoked_at: null, ...more });
  return [
    token(1, 'dashboard', ['read'], { last_used_at: at(-2 * HOUR) }),
    token(2, 'deploy', ['read', 'write', 'act'], { expires_at: at(40 * DAY), last_used_at: at(-3 * DAY) }),
    token(3, 'old-script', ['read', 'ingest'], { revoked_at: at(-5 * DAY), last_used_at: at(-6 * DAY) }),
    token(4, 'trial', ['read'], { expires_at: at(-DAY) }),
  ];
}

/** A new one; the secret is made up, and says so. */
export function made(n: number, name: string, scopes: Scope[], seconds: number | null): MadeToken {
  const token = { id: `token-${n}`, name, scopes, created_at: at(0), expires_at: seconds === null ? null : at(seconds * SECOND), last_used_at: null, revoked_at: null };
  return { token, secret: `tg_FAKE${'0'.repeat(39)}` };
}
