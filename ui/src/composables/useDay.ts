// The day it is on this machine. It changes at midnight, with the window's one clock, and only while somebody looks.
import { computed, type ComputedRef } from 'vue';
import { useNow } from './useNow';

/** `2026-11-21`. */
export function useDay(): ComputedRef<string> {
  const now = useNow();
  return computed(() => {
    const at = new Date(now.value);
    const two = (n: number) => String(n).padStart(2, '0');
    return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  });
}
