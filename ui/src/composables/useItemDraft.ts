// A channel or a mailbox being edited: what is wrong with it, judged by the guard while it is typed, and saving it in one
// piece with its secrets. Nothing is changed before `save`. Tested in setup.test.ts and by the pages' tests.
import { ref, type ComputedRef, type Ref } from 'vue';
import type { ChannelItem, Items, MailboxItem } from '@/bindings/api';
import type { Secrets } from '@/composables/setup';
import { useDraft, type Draft } from '@/composables/useDraft';

/** What is drafted, and the secrets that would go to the vault with it. */
export type Drafted = ({ kind: 'channel'; item: ChannelItem } | { kind: 'mailbox'; item: MailboxItem }) & { secrets: Secrets };

export interface ItemDraft extends Pick<Draft, 'refused' | 'saving' | 'save'> {
  finding: (field: string) => string | undefined;
  sound: ComputedRef<boolean>;
  /** What is missing is said only once somebody tried. */
  tried: Ref<boolean>;
}

const itemsOf = (drafted: Drafted): Items => ({
  account: [], channel: drafted.kind === 'channel' ? [drafted.item] : [], guard: [], ...(drafted.kind === 'mailbox' ? { mailbox: [drafted.item] } : {}),
});

export function useItemDraft(drafted: ComputedRef<Drafted>): ItemDraft {
  const tried = ref(false);
  const draft = useDraft(drafted, () => ({ kind: drafted.value.kind, items: itemsOf(drafted.value), secrets: drafted.value.secrets }));
  return {
    refused: draft.refused, saving: draft.saving, tried,
    finding: (field) => draft.finding(field, (found) => tried.value || found.code !== 'missing'),
    sound: draft.saveable,
    async save() {
      tried.value = true;
      return draft.save();
    },
  };
}
