// A channel or a mailbox being edited: what is wrong with it, judged by the guard while it is typed, and saving it in one
// piece with its secrets. Nothing is changed before `save`. Tested in setup.test.ts and by the pages' tests.
import { useDebounceFn } from '@vueuse/core';
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { ChannelItem, DraftView, Items, MailboxItem } from '@/bindings/api';
import type { Secrets } from '@/composables/setup';
import { language } from '@/composables/useLanguage';
import { useRun } from '@/composables/useRun';
import { ask, Refusal } from '@/link';

const WAIT_MS = 200;

/** What is drafted, and the secrets that would go to the vault with it. */
export type Drafted = ({ kind: 'channel'; item: ChannelItem } | { kind: 'mailbox'; item: MailboxItem }) & { secrets: Secrets };

export interface ItemDraft {
  finding: (field: string) => string | undefined;
  refused: Readonly<ShallowRef<Refusal | undefined>>;
  saving: ReturnType<typeof useRun>;
  sound: ComputedRef<boolean>;
  /** What is missing is said only once somebody tried. */
  tried: Ref<boolean>;
  save: () => Promise<boolean>;
}

const itemsOf = (drafted: Drafted): Items => ({
  account: [], channel: drafted.kind === 'channel' ? [drafted.item] : [], guard: [], ...(drafted.kind === 'mailbox' ? { mailbox: [drafted.item] } : {}),
});

export function useItemDraft(drafted: ComputedRef<Drafted>): ItemDraft {
  const checked = shallowRef<DraftView>();
  const refused = shallowRef<Refusal>();
  const tried = ref(false);
  const saving = useRun();
  let asked = 0;

  async function check(): Promise<void> {
    asked += 1;
    const mine = asked;
    try {
      const view = await ask({ request: 'draft', items: itemsOf(drafted.value), remove: [], lang: language() });
      if (mine !== asked) return;
      checked.value = view;
      refused.value = undefined;
    } catch (thrown) {
      if (mine === asked) refused.value = Refusal.from(thrown);
    }
  }
  const later = useDebounceFn(check, WAIT_MS);
  watch(drafted, () => {
    // What is shown belongs to the draft that is shown.
    asked += 1;
    void later();
  });
  void check();

  const fieldOf = (path: string) => path.replace(/^(channel|mailbox)\[0\]\.?/, '').split(/[.[]/)[0];
  return {
    refused, saving, tried,
    finding: (field) => checked.value?.findings.find((found) => fieldOf(found.path) === field && (tried.value || found.code !== 'missing'))?.text,
    sound: computed(() => checked.value !== undefined && checked.value.findings.length === 0),
    async save() {
      tried.value = true;
      return (await saving.run(() => ask({ request: 'save', items: itemsOf(drafted.value), remove: [], secrets: drafted.value.secrets }))) !== undefined;
    },
  };
}
