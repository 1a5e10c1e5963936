// A guard being edited: the draft, what is wrong with it, how far it can overshoot, and what it would have done. Nothing
// is changed before `save`, and that is one transaction. Tested in draft.test.ts.
import { useDebounceFn } from '@vueuse/core';
import { computed, reactive, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { DraftView, GuardItem, WhatIfView } from '@/bindings/api';
import { language } from '@/composables/useLanguage';
import { useRun } from '@/composables/useRun';
import { ask, Refusal } from '@/link';

const WAIT_MS = 200;

/** The fields of a guard's limit text. */
export function limitParts(text: string | undefined): { predictive: boolean; amount: string } {
  const match = /^(predictive\s+)?(.*)$/.exec(text?.trim() ?? '');
  return { predictive: !!match?.[1], amount: match?.[2] ?? '' };
}

/** Steps as a person types them. */
export function stepsOf(text: string): string[] {
  return text.split(/[,，;；\n]/).map((step) => step.trim()).filter((step) => step !== '');
}

/** What is edited belongs to the page that shows it: a copy of its own, without anything reactive. */
function copyOf(item: GuardItem): GuardItem {
  return JSON.parse(JSON.stringify(item)) as GuardItem;
}

export interface GuardDraft {
  item: GuardItem;
  checked: Readonly<ShallowRef<DraftView | undefined>>;
  whatIf: Readonly<ShallowRef<WhatIfView | undefined>>;
  refused: Readonly<ShallowRef<Refusal | undefined>>;
  saving: ReturnType<typeof useRun>;
  finding: (field: string) => string | undefined;
  contract: ComputedRef<string>;
  disarms: ComputedRef<boolean>;
  saveable: ComputedRef<boolean>;
  save: () => Promise<boolean>;
}

/** Begins a draft over a guard on one meter; `days`: how much history is replayed. */
export function useGuardDraft(from: GuardItem, meter: { account: string; meter: string }, days = 30): GuardDraft {
  const item = reactive<GuardItem>(copyOf(from));
  const checked = shallowRef<DraftView>();
  const whatIf = shallowRef<WhatIfView>();
  const refused = shallowRef<Refusal>();
  const saving = useRun();
  let asked = 0;

  const plain = () => copyOf(item);
  const items = () => ({ account: [], channel: [], guard: [plain()] });

  async function check(): Promise<void> {
    asked += 1;
    const mine = asked;
    try {
      const answer = await ask({ request: 'draft', items: items(), remove: [], lang: language() });
      if (mine !== asked) return;
      checked.value = answer;
      refused.value = undefined;
      if (answer.findings.length > 0 || !item.limit) {
        whatIf.value = undefined;
        return;
      }
      const replayed = await ask({ request: 'what_if', ...meter, guard: plain(), days, lang: language() });
      if (mine === asked) whatIf.value = replayed;
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
    item, checked, whatIf, refused, saving,
    finding: (field) => checked.value?.findings.find((found) => found.path.replace(/^guard\[0\]\.?/, '').split(/[.[]/)[0] === field)?.text,
    contract: computed(() => checked.value?.contracts.map((contract) => contract.text).join(' ') ?? ''),
    disarms: computed(() => checked.value?.plan?.items.some((change) => change.disarmed) ?? false),
    saveable: computed(() => checked.value !== undefined && checked.value.findings.length === 0),
    async save() {
      return (await saving.run(() => ask({ request: 'save', items: items(), remove: [], secrets: {} }))) !== undefined;
    },
  };
}
