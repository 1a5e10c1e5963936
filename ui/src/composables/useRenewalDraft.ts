// A renewal being edited: the draft, what is wrong with it, and the due dates it would have, renewed while it is typed.
// Nothing is changed before `save`. Tested in renewals.test.ts.
import { reactive, shallowRef, type ShallowRef } from 'vue';
import type { RenewalItem, DuesView } from '@/bindings/api';
import { useDraft, type Draft } from '@/composables/useDraft';
import { ask } from '@/link';

/** The days of `7, 3, 0`; what is no whole number is told as wrong by `undefined`. */
export function remindOf(text: string): number[] | undefined {
  const parts = text.split(/[,，;；\s]+/).filter((part) => part !== '');
  return parts.every((part) => /^\d{1,4}$/.test(part)) ? parts.map(Number) : undefined;
}

/** `20.50 USD` as its two fields. */
export function amountParts(text: string | undefined): { value: string; currency: string } {
  const [value = '', currency = ''] = (text ?? '').split(' ');
  return { value, currency };
}

/** What is left empty is not part of the item. */
export function plainOf(item: RenewalItem): RenewalItem {
  const filled = Object.entries(item).filter(([, value]) => value !== undefined && value !== '');
  return JSON.parse(JSON.stringify(Object.fromEntries(filled))) as RenewalItem;
}

export interface RenewalDraft extends Draft {
  item: RenewalItem;
  preview: Readonly<ShallowRef<DuesView | undefined>>;
}

/** Begins a draft; `paid`: through which date it is paid already. */
export function useRenewalDraft(from: RenewalItem, paid: string | null): RenewalDraft {
  const item = reactive<RenewalItem>(plainOf(from));
  const preview = shallowRef<DuesView>();
  const items = () => ({ account: [], channel: [], guard: [], renewal: [plainOf(item)] });
  const draft = useDraft(item, () => ({ kind: 'renewal', items: items(), secrets: {} }), async (_, current) => {
    const readable = !draft.finding('cycle') && !draft.finding('day');
    const dates = readable ? await ask({ request: 'renewal_preview', cycle: item.cycle, day: item.day, paid, today: null }) : undefined;
    if (current()) preview.value = dates;
  });
  return { ...draft, item, preview };
}
