// What is edited before it is stored: a guard's draft, and the first run.
import { createPinia, setActivePinia } from 'pinia';
import { effectScope } from 'vue';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { useLink } from '@/link';
import { mockLink, type MockLink } from '@/link/mock';
import { settled } from '@/testing/world';
import { useGuardDraft } from './useGuardDraft';
import { useWizard } from './useWizard';

let link: MockLink;
const asked = (kind: string) => link.asked.filter((request) => request.request === kind);
beforeEach(() => {
  link = mockLink();
  useLink(link);
  setActivePinia(createPinia());
});

describe('a draft of a guard', () => {
  const begin = () => {
    const scope = effectScope();
    const draft = scope.run(() => useGuardDraft({ id: 'g', account: 'hw-main', meter: 'pkg-ecs-bj-03', limit: '10 GB', action: 'stop' }, { account: 'hw-main', meter: 'pkg-ecs-bj-03' }));
    if (!draft) throw new Error('no draft');
    return draft;
  };
  it('is judged and replayed, and changes nothing before it is saved', async () => {
    const draft = begin();
    await settled();
    expect(draft.checked.value?.findings).toEqual([]);
    expect(draft.contract.value).toContain('overshoot');
    expect(draft.disarms.value).toBe(true);
    expect(draft.whatIf.value?.verdict).toContain('stopped');
    expect(asked('save')).toHaveLength(0);
    expect(await draft.save()).toBe(true);
    expect(asked('save')).toHaveLength(1);
  });
  it('says what is wrong beside the field, and cannot be saved then', async () => {
    const draft = begin();
    await settled();
    draft.item.limit = 'soon';
    await vi.waitFor(() => expect(draft.finding('limit')).toContain('10 GB'));
    expect(draft.saveable.value).toBe(false);
    expect(draft.whatIf.value).toBeUndefined();
  });
  it('tells a refusal of the save and keeps the draft', async () => {
    const draft = begin();
    await settled();
    link.refuse('save', { code: 'not_holder', detail: 'another copy guards', retryable: true });
    expect(await draft.save()).toBe(false);
    expect(draft.saving.error.value?.code).toBe('not_holder');
    expect(draft.item.limit).toBe('10 GB');
  });
});

describe('the first run', () => {
  it('stores nothing while keys are tried, and everything in one transaction', async () => {
    const wizard = useWizard();
    await wizard.begin();
    wizard.form.name = 'Hong Kong';
    wizard.form.fields.ak = 'FAKEAK';
    wizard.form.fields.sk = 'FAKESK';
    expect(wizard.complete.value).toBe(true);
    await wizard.tryKeys();
    expect(wizard.step.value).toBe('found');
    expect(asked('save')).toHaveLength(0);
    await wizard.choose(wizard.catalogue.value?.templates[0]);
    expect(wizard.contract.value).not.toBe('');
    await wizard.keep();
    expect(asked('save')).toEqual([expect.objectContaining({
      items: expect.objectContaining({ account: [expect.objectContaining({ id: 'hong-kong', secret: { ak: 'vault:hong-kong', sk: 'vault:hong-kong' } })] }),
      secrets: { 'hong-kong': { ak: 'FAKEAK', sk: 'FAKESK' } },
    })]);
    expect(wizard.step.value).toBe('channel');
    expect(Object.values(wizard.form.fields).join('')).toBe('');
  });
  it('stays at the keys when the provider refuses them, with its reason and the next step', async () => {
    const wizard = useWizard();
    await wizard.begin();
    wizard.form.fields.ak = 'FAKEAK';
    wizard.form.fields.sk = 'wrong';
    await wizard.tryKeys();
    expect(wizard.step.value).toBe('hello');
    expect(wizard.tried.value).toMatchObject({ ok: false, reason: 'auth' });
    expect(wizard.tried.value?.next).toBeTruthy();
  });
});
