// A renewal while it is edited, and the due dates of a month.
import { createPinia, setActivePinia } from 'pinia';
import { effectScope } from 'vue';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RenewalView } from '@/bindings/api';
import { useLink } from '@/link';
import { mockLink, type MockLink } from '@/link/mock';
import { settled } from '@/testing/world';
import { cycleParts, cycleText, dayForm } from './cycle';
import { useDueDates } from './useDueDates';
import { amountParts, plainOf, remindOf, useRenewalDraft } from './useRenewalDraft';

let link: MockLink;
const asked = (kind: string) => link.asked.filter((request) => request.request === kind);
beforeEach(() => {
  link = mockLink();
  useLink(link);
  setActivePinia(createPinia());
});

describe('the texts of a renewal', () => {
  it.each(['weekly', 'monthly', 'yearly', 'every 90 days', 'every 3 months', 'once', 'trial'])('%s is taken apart and put together again', (cycle) => {
    expect(cycleText(cycleParts(cycle))).toBe(cycle);
  });
  it('have the day that their cycle needs', () => {
    expect([dayForm('weekly'), dayForm('monthly'), dayForm('yearly'), dayForm('months'), dayForm('trial')]).toEqual(['weekday', 'day_of_month', 'day_of_year', 'date', 'date']);
  });
  it('keep an amount as it was typed', () => {
    expect(amountParts('1234567890.123456 CNY')).toEqual({ value: '1234567890.123456', currency: 'CNY' });
    expect(amountParts(undefined)).toEqual({ value: '', currency: '' });
  });
  it('remind on whole days, or are wrong', () => {
    expect(remindOf('7, 3，0')).toEqual([7, 3, 0]);
    expect(remindOf('')).toEqual([]);
    expect(remindOf('3 weeks')).toBeUndefined();
    expect(remindOf('-1')).toBeUndefined();
  });
  it('leave out what is empty, and keep what is off', () => {
    expect(plainOf({ id: 'a', cycle: 'weekly', day: '1', owner: '', amount: undefined, enabled: false, remind: [] })).toEqual({ id: 'a', cycle: 'weekly', day: '1', enabled: false, remind: [] });
  });
});

describe('a draft of a renewal', () => {
  const begin = () => {
    const draft = effectScope().run(() => useRenewalDraft({ id: 'vps', name: 'VPS', cycle: 'monthly', day: '31' }, null));
    if (!draft) throw new Error('no draft');
    return draft;
  };
  it('shows the dates it would have, and changes nothing before it is saved', async () => {
    const draft = begin();
    await settled();
    expect(draft.preview.value?.due).toHaveLength(12);
    expect(asked('save')).toHaveLength(0);
    expect(await draft.save()).toBe(true);
    expect(asked('save')).toEqual([expect.objectContaining({ items: { account: [], channel: [], guard: [], renewal: [{ id: 'vps', name: 'VPS', cycle: 'monthly', day: '31' }] } })]);
  });
  it('asks for other dates when the cycle changes, counted from what is paid', async () => {
    const draft = effectScope().run(() => useRenewalDraft({ id: 'vps', cycle: 'monthly', day: '5' }, '2026-11-05'));
    await settled();
    if (draft) draft.item.day = '7';
    await vi.waitFor(() => expect(asked('renewal_preview').at(-1)).toMatchObject({ day: '7', paid: '2026-11-05' }));
  });
  it('says what is wrong beside its field, and shows no dates then', async () => {
    const draft = begin();
    await settled();
    draft.item.day = '32';
    await vi.waitFor(() => expect(draft.finding('day')).toBeTruthy());
    expect(draft.saveable.value).toBe(false);
    await vi.waitFor(() => expect(draft.preview.value).toBeUndefined());
  });
  it('keeps what was typed when saving is refused', async () => {
    const draft = begin();
    await settled();
    link.refuse('save', { code: 'store', detail: 'the disk is full', retryable: true });
    expect(await draft.save()).toBe(false);
    expect(draft.saving.error.value?.code).toBe('store');
    expect(draft.item.day).toBe('31');
  });
});

describe('the due dates of a month', () => {
  const row = (more: Partial<RenewalView>): RenewalView => ({
    id: 'a', name: 'A', owner: null, enabled: true, cycle: 'every 1 days', day: '2026-11-01', repeats: '', amount: null, auto_renew: false, remind: [], note: null,
    channels: [], paid: null, next_due: '2026-11-21', cycle_start: null, days: 0, overdue: 0, state: 'due', alert: null, ...more,
  });
  it('are counted by the guard as far as is looked, and no further', async () => {
    const dates = useDueDates();
    await dates.reach([row({})], '2026-11');
    expect([...dates.days.value.keys()].filter((date) => date.startsWith('2026-11'))).toHaveLength(10);
    const before = asked('renewal_preview').length;
    expect(before).toBe(1);
  });
  it('reach every day of a month, in a bounded number of questions', async () => {
    const dates = useDueDates();
    const rows = [row({})];
    await dates.reach(rows, '2026-11');
    await dates.reach(rows, '2026-12');
    expect([...dates.days.value.keys()].filter((date) => date.startsWith('2026-12'))).toHaveLength(31);
    expect(asked('renewal_preview').length).toBeLessThanOrEqual(5);
  });
  it('leave out what is off or ended', async () => {
    const dates = useDueDates();
    await dates.reach([row({ enabled: false }), row({ next_due: null })], '2026-11');
    expect(dates.days.value.size).toBe(0);
    expect(asked('renewal_preview')).toHaveLength(0);
  });
});
