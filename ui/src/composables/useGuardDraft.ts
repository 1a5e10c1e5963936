// A guard being edited: the draft, what is wrong with it, how far it can overshoot, and what it would have done. Nothing
// is changed before `save`, and that is one transaction. Tested in draft.test.ts.
import { computed, reactive, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import type { GuardItem, WhatIfView } from '@/bindings/api';
import { useDraft, type Draft } from '@/composables/useDraft';
import { language } from '@/composables/useLanguage';
import { ask } from '@/link';

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

export interface GuardDraft extends Draft {
  item: GuardItem;
  whatIf: Readonly<ShallowRef<WhatIfView | undefined>>;
  contract: ComputedRef<string>;
  disarms: ComputedRef<boolean>;
}

/** Begins a draft over a guard on one meter; `days`: how much history is replayed. */
export function useGuardDraft(from: GuardItem, meter: { account: string; meter: string }, days = 30): GuardDraft {
  const item = reactive<GuardItem>(copyOf(from));
  const whatIf = shallowRef<WhatIfView>();
  const items = () => ({ account: [], channel: [], guard: [copyOf(item)] });
  const draft = useDraft(item, () => ({ kind: 'guard', items: items(), secrets: {} }), async (view, current) => {
    if (view.findings.length > 0 || !item.limit) {
      whatIf.value = undefined;
      return;
    }
    const replayed = await ask({ request: 'what_if', ...meter, guard: copyOf(item), days, lang: language() });
    if (current()) whatIf.value = replayed;
  });
  return {
    ...draft, item, whatIf,
    contract: computed(() => draft.checked.value?.contracts.map((contract) => contract.text).join(' ') ?? ''),
    disarms: computed(() => draft.checked.value?.plan?.items.some((change) => change.disarmed) ?? false),
  };
}
