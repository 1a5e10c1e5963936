// What a page says of a sub-account: exact sums, its bar, and which changes wake its page.
import { createPinia, setActivePinia } from 'pinia';
import { effectScope } from 'vue';
import { describe, expect, it } from 'vitest';
import type { Amount, ChangeEvent, QuotaView } from '@/bindings/api';
import { useLink } from '@/link';
import { mockLink } from '@/link/mock';
import { applyLink, followChanges } from '@/stores/changes';
import { settled } from '@/testing/world';
import { exactParts, minus, parts, signOf, sumOf, typedAmount } from './decimal';
import { aboutAccount, aboutUser, hasWord, quotaLevel, totalAfter, unitOf } from './quotas';
import { kindOf } from './targets';
import { useQuota } from './useQuota';

const cny = (value: string): Amount => ({ value, unit: 'CNY' });
const quota = (more: Partial<QuotaView>): QuotaView => ({
  account: 'a', user: '1', name: 'bob', title: '', meter: 'quota-1', granted: cny('1000'), spent: cny('799.999999'), left: cny('200.000001'), share: { value: '79.9999', unit: 'percent' }, as_of: null, blind: null, standing: 'enabled', level: 'calm', sentence: '',
  projects_on: 1, projects: 1, rules: { steps: null, steps_in_force: ['50%', '80%', '99.5%'], disable: true, without_quota: 'watch', endpoints: false, instances: false, note: 'owner: Yuan' }, entries: 3, protected: false, simulated: false, ...more,
});

describe('amounts', () => {
  it('are added to the last digit, on both sides of nothing', () => {
    expect(sumOf(cny('0.1'), cny('0.2'))).toEqual(cny('0.3'));
    expect(sumOf(cny('100'), cny('-100.000001'))).toEqual(cny('-0.000001'));
    expect(sumOf(cny('9007199254740993'), cny('0.000001'))?.value).toBe('9007199254740993.000001');
    expect(sumOf(cny('1'), { value: '1', unit: 'USD' })).toBeNull();
    expect([cny('-0.000001'), cny('0'), cny('0.000001')].map(signOf)).toEqual([-1, 0, 1]);
    expect(minus(minus(cny('12.5')))).toEqual(cny('12.5'));
  });
  it('are told with every digit where that is asked, and with two at least', () => {
    expect(exactParts(cny('5.036185')).number).toBe('5.036185');
    expect(exactParts(cny('-12.4')).number).toBe('-12.40');
    expect(exactParts({ value: '79.9990', unit: 'percent' }).number).toBe('79.999');
    expect(parts(cny('5.036185'), false).number).toBe('5.03');
  });
  it('are taken from a person only as what the ledger can hold', () => {
    expect(['100', ' 12.50 ', '0.000001'].map(typedAmount)).toEqual(['100', '12.50', '0.000001']);
    expect(['', '0', '0.00', '-5', '1e3', '1,000', '12.1234567', '1 CNY', '99999999999999'].map(typedAmount)).toEqual(Array.from({ length: 9 }, () => null));
  });
});

describe('the bar', () => {
  it('shows what is left, and a step as crossed only from its very share on', () => {
    const steps = (share: string) => quotaLevel(quota({ share: { value: share, unit: 'percent' } }))?.steps.map((step) => step.crossed);
    expect(quotaLevel(quota({}))).toMatchObject({ left: 20, limit: { at: 0 }, steps: [{ at: 50 }, { at: 20 }, { at: 0.5 }] });
    expect(steps('79.9999')).toEqual([true, false, false]);
    expect(steps('80.0000')).toEqual([true, true, false]);
  });
  it('is empty when overspent, and there is none while nothing is known or granted', () => {
    expect(quotaLevel(quota({ left: cny('-12.4') }))?.left).toBe(0);
    expect(quotaLevel(quota({ left: null, spent: null, share: null }))).toBeNull();
    expect(quotaLevel(quota({ left: null, granted: null, share: null }))).toBeNull();
  });
  it('has no limit where a guard may not disable', () => {
    expect(quotaLevel(quota({ rules: { ...quota({}).rules, disable: false } }))?.limit).toBeNull();
  });
  it('leaves out a step beyond the whole, and one that is no share', () => {
    expect(quotaLevel(quota({ rules: { ...quota({}).rules, steps_in_force: ['120%', '50 CNY', '80%'] } }))?.steps.map((step) => step.text)).toEqual(['80%']);
  });
});

describe('an entry', () => {
  it('comes to a total that is told before it is made', () => {
    expect(totalAfter(quota({}), cny('-200'))).toEqual({ total: cny('800'), underflow: false, belowSpent: false });
    expect(totalAfter(quota({}), cny('-200.000002'))).toMatchObject({ belowSpent: true, underflow: false });
    expect(totalAfter(quota({}), cny('-1000.000001'))).toMatchObject({ underflow: true });
    expect(totalAfter(quota({ granted: null }), cny('5'))?.total).toEqual(cny('5'));
    expect(totalAfter(quota({}), { value: '1', unit: 'USD' })).toBeNull();
  });
  it('is written in the currency of its ledger, else of its spending', () => {
    expect([unitOf(quota({ granted: { value: '1', unit: 'USD' } })), unitOf(quota({ granted: null, spent: { value: '1', unit: 'USD' } })), unitOf(quota({ granted: null, spent: null }))]).toEqual(['USD', 'USD', 'CNY']);
  });
});

it('a sub-account is found by its names and its note', () => {
  expect(['BO', 'yuan', ' ', 'alice'].map((word) => hasWord(quota({}), word))).toEqual([true, true, true, false]);
});

it('a target that is not told is a server', () => {
  expect([kindOf({ kind: 'sub_account' }), kindOf({ kind: 'server' }), kindOf(undefined)]).toEqual(['sub_account', 'server', 'server']);
});

describe('a change', () => {
  const target = (id: string) => ({ kind: 'sub_account', id, name: '', region: '' });
  const sent = (id: string): ChangeEvent => ({ event: 'sent', at: '', intent: 'i', target: target(id) });
  const protect = (account: string, id: string): ChangeEvent => ({ event: 'protected', at: '', account, target: id, protected: true });
  const book = (account: string, user: string | null): ChangeEvent => ({ event: 'quota', at: '', account, user });
  it('is about one sub-account, its account, or everybody', () => {
    expect([sent('1'), sent('2'), protect('a', '1'), protect('b', '1'), book('a', '1'), book('a', '2'), book('a', null), { event: 'noted', at: '', what: '' } as ChangeEvent].map((event) => aboutUser(event, 'a', '1'))).toEqual([true, false, true, false, true, false, true, true]);
    const reading = { event: 'unread', at: '', account: 'a', meter: 'quota-2', blind: { reason: 'rate', detail: '' } } as ChangeEvent;
    expect([aboutUser(reading, 'a', '1'), aboutUser(reading, 'a', '1', 'quota-1'), aboutUser(reading, 'a', '2', 'quota-2')]).toEqual([true, false, true]);
    expect([protect('a', '9'), protect('b', '9')].map((event) => aboutAccount(event, 'a'))).toEqual([true, false]);
  });
  it('wakes the page of the sub-account it is about, until that page is gone', async () => {
    const link = mockLink();
    useLink(link);
    setActivePinia(createPinia());
    applyLink({ state: 'connected' });
    await followChanges();
    const asked = () => link.asked.filter((request) => request.request === 'quota').length;
    const scope = effectScope();
    scope.run(() => useQuota('volc-main', '60000001'));
    await settled();
    expect(asked()).toBe(1);
    link.tell(sent('60000002'));
    link.tell({ event: 'tested', at: '', channel: 'ops', taken: true });
    await settled();
    expect(asked()).toBe(1);
    link.tell(sent('60000001'));
    await settled();
    expect(asked()).toBe(2);
    link.tellBatch({ seq: 900, at: '', events: [] });
    await settled();
    expect(asked()).toBe(3);
    scope.stop();
    link.tell(sent('60000001'));
    await settled();
    expect(asked()).toBe(3);
  });
});
