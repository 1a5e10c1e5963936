// One thing at a time that a person asked for: whether it runs, and what refused it.
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { Refusal } from '@/link';

/**
 * `run` gives the answer, or `undefined` after a refusal, which then stands in `error`. A second call while one runs does
 * nothing. `leave` ends the waiting: what comes of it is not looked at any more. It is offered for questions only, never
 * for something that changes anything.
 */
export function useRun(): {
  busy: Readonly<Ref<boolean>>;
  error: Readonly<ShallowRef<Refusal | undefined>>;
  run: <T>(task: () => Promise<T>) => Promise<T | undefined>;
  clear: () => void;
  leave: () => void;
} {
  const busy = ref(false);
  const error = shallowRef<Refusal>();
  let current = 0;
  return {
    busy,
    error,
    async run(task) {
      if (busy.value) return undefined;
      busy.value = true;
      error.value = undefined;
      current += 1;
      const mine = current;
      try {
        const answer = await task();
        return mine === current ? answer : undefined;
      } catch (thrown) {
        if (mine === current) error.value = Refusal.from(thrown);
        return undefined;
      } finally {
        if (mine === current) busy.value = false;
      }
    },
    clear() {
      error.value = undefined;
    },
    leave() {
      current += 1;
      busy.value = false;
    },
  };
}
