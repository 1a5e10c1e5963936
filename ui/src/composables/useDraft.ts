// What is being edited, judged by the guard while it is typed, and saved in one piece. Nothing is changed before `save`.
// Each kind of item has a composable of its own over this. Tested through them.
import { useDebounceFn } from '@vueuse/core';
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { DraftView, Items } from '@/bindings/api';
import type { Secrets } from '@/composables/setup';
import { language } from '@/composables/useLanguage';
import { useRun } from '@/composables/useRun';
import { ask, Refusal } from '@/link';

const WAIT_MS = 200;

type Finding = DraftView['findings'][number];

/** The one item that is edited, among the items of a request. */
export interface Drafted {
  /** The list of the items in which it stands. */
  kind: keyof Items;
  items: Items;
  secrets: Secrets;
}

export interface Draft {
  checked: Readonly<ShallowRef<DraftView | undefined>>;
  refused: Readonly<ShallowRef<Refusal | undefined>>;
  saving: ReturnType<typeof useRun>;
  /** What is wrong with a field, of what `told` lets be said. */
  finding: (field: string, told?: (found: Finding) => boolean) => string | undefined;
  /** It was judged, and nothing is wrong with it. */
  saveable: ComputedRef<boolean>;
  save: () => Promise<boolean>;
}

/**
 * Judges what `drafted` gives, now and after each change of `edited`. `more` asks what else is shown of a judged draft;
 * what it finds counts only as long as `current` says so.
 */
export function useDraft(edited: object, drafted: () => Drafted, more?: (view: DraftView, current: () => boolean) => Promise<void>): Draft {
  const checked = shallowRef<DraftView>();
  const refused = shallowRef<Refusal>();
  const saving = useRun();
  let asked = 0;

  async function check(): Promise<void> {
    asked += 1;
    const mine = asked;
    const current = () => mine === asked;
    try {
      const view = await ask({ request: 'draft', items: drafted().items, remove: [], lang: language() });
      if (!current()) return;
      checked.value = view;
      refused.value = undefined;
      await more?.(view, current);
    } catch (thrown) {
      if (current()) refused.value = Refusal.from(thrown);
    }
  }
  const later = useDebounceFn(check, WAIT_MS);
  watch(edited, () => {
    // What is shown belongs to the draft that is shown.
    asked += 1;
    void later();
  });
  void check();

  /** `limit` of `guard[0].limit`. */
  const fieldOf = (path: string) => {
    const item = `${drafted().kind}[0]`;
    return (path.startsWith(item) ? path.slice(item.length).replace(/^\./, '') : path).split(/[.[]/)[0];
  };
  return {
    checked, refused, saving,
    finding: (field, told = () => true) => checked.value?.findings.find((found) => fieldOf(found.path) === field && told(found))?.text,
    saveable: computed(() => checked.value !== undefined && checked.value.findings.length === 0),
    async save() {
      const { items, secrets } = drafted();
      return (await saving.run(() => ask({ request: 'save', items, remove: [], secrets }))) !== undefined;
    },
  };
}
