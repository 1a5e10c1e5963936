// The one clock of the window. It ticks only while somebody looks: each second while a countdown is shown, else each
// half minute; never while the window is hidden. Nothing else in the window runs by time.
import { effectScope, onScopeDispose, readonly, ref, watch, type Ref } from 'vue';
import { useVisible } from './useVisible';

const QUIET_MS = 30_000;
const COUNTDOWN_MS = 1_000;

const now = ref(Date.now());
const watchers = { quiet: 0, countdown: 0 };
let timer: ReturnType<typeof setTimeout> | undefined;
let started = false;

function arrange(): void {
  clearTimeout(timer);
  timer = undefined;
  const visible = useVisible();
  if (!visible.value || watchers.quiet + watchers.countdown === 0) return;
  now.value = Date.now();
  const span = watchers.countdown > 0 ? COUNTDOWN_MS : QUIET_MS;
  timer = setTimeout(arrange, span - (now.value % span));
}

/** Milliseconds since 1970, renewed while somebody looks. Ask for `countdown` only while one is on the screen. */
export function useNow(pace: 'quiet' | 'countdown' = 'quiet'): Readonly<Ref<number>> {
  if (!started) {
    started = true;
    // Of nobody's scope: it outlives the page that first asked for the time.
    effectScope(true).run(() => watch(useVisible(), arrange, { flush: 'sync' }));
  }
  watchers[pace] += 1;
  arrange();
  onScopeDispose(() => {
    watchers[pace] -= 1;
    arrange();
  });
  return readonly(now);
}

/** Whether a tick is waited for; for tests. */
export function ticking(): boolean {
  return timer !== undefined;
}
