// A renewal being edited: the draft, what is wrong with it, and the due dates it would have, renewed while it is typed.
// Nothing is changed before `save`. Tested in renewals.test.ts.
import { useDebounceFn } from '@vueuse/core';
import { computed, reactive, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { DraftView, RenewalItem, DuesView } from '@/bindings/api';
import { language } from '@/composables/useLanguage';
import { useRun } from '@/composables/useRun';
import { ask, Refusal } from '@/link';

const WAIT_MS = 200;

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

export interface RenewalDraft {
  item: RenewalItem;
  checked: Readonly<ShallowRef<DraftView | undefined>>;
  preview: Readonly<ShallowRef<DuesView | undefined>>;
  refused: Readonly<ShallowRef<Refusal | undefined>>;
  saving: ReturnType<typeof useRun>;
  finding: (field: string) => string | undefined;
  saveable: ComputedRef<boolean>;
  save: () => Promise<boolean>;
}

/** Begins a draft; `paid`: through which date it is paid already. */
export function useRenewalDraft(from: RenewalItem, paid: string | null): RenewalDraft {
  const item = reactive<RenewalItem>(plainOf(from));
  const checked = shallowRef<DraftView>();
  const preview = shallowRef<DuesView>();
  const refused = shallowRef<Refusal>();
  const saving = useRun();
  let asked = 0;
  const items = () => ({ account: [], channel: [], guard: [], renewal: [plainOf(item)] });
  const finding = (field: string) => checked.value?.findings.find((found) => found.path.replace(/^renewal\[0\]\.?/, '').split(/[.[]/)[0] === field)?.text;

  async function check(): Promise<void> {
    asked += 1;
    const mine = asked;
    try {
      const view = await ask({ request: 'draft', items: items(), remove: [], lang: language() });
      if (mine !== asked) return;
      checked.value = view;
      refused.value = undefined;
      const readable = !finding('cycle') && !finding('day');
      const dates = readable ? await ask({ request: 'renewal_preview', cycle: item.cycle, day: item.day, paid, today: null }) : undefined;
      if (mine === asked) preview.value = dates;
    } catch (thrown) {
      if (mine === asked) refused.value = Refusal.from(thrown);
    }
  }
  const later = useDebounceFn(check, WAIT_MS);
  watch(item, () => {
    // What is shown belongs to the draft that is shown.
    asked += 1;
    void later();
  });
  void check();

  return {
    item, checked, preview, refused, saving, finding,
    saveable: computed(() => checked.value !== undefined && checked.value.findings.length === 0),
    async save() {
      return (await saving.run(() => ask({ request: 'save', items: items(), remove: [], secrets: {} }))) !== undefined;
    },
  };
}
