// The change flow: batches at once, gaps and lost links, and no question while nobody looks.
import { createPinia, setActivePinia } from 'pinia';
import { effectScope } from 'vue';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal, useLink } from '@/link';
import { mockLink, type MockLink } from '@/link/mock';
import { settled } from '@/testing/world';
import { useActions, useMeters, useSettings } from '.';
import { affected } from './affects';
import { applyLink, followChanges, lostSince } from './changes';
import { patchActions, patchMeters } from './patch';

let link: MockLink;
const asked = (kind: string) => link.asked.filter((request) => request.request === kind).length;
beforeEach(async () => {
  link = mockLink();
  useLink(link);
  setActivePinia(createPinia());
  applyLink({ state: 'connected' });
  await followChanges();
});

describe('a view', () => {
  it('is read when somebody follows it, and anew when an event makes it old', async () => {
    const scope = effectScope();
    const meters = useMeters();
    await settled();
    expect(asked('meters')).toBe(0);
    scope.run(() => meters.follow());
    await settled();
    expect(asked('meters')).toBe(1);
    link.tell({ event: 'settings', at: '' });
    await settled();
    expect(asked('meters')).toBe(1);
    link.tell({ event: 'mode', at: '', guard: 'x', armed_until: null });
    await settled();
    expect(asked('meters')).toBe(2);
    scope.stop();
    link.tell({ event: 'mode', at: '', guard: 'x', armed_until: null });
    await settled();
    expect(asked('meters')).toBe(2);
  });
  it('asks nothing while the window is hidden, and once when it is seen again', async () => {
    const scope = effectScope();
    const settings = useSettings();
    scope.run(() => settings.follow());
    await settled();
    const before = asked('settings');
    const state = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    link.tell({ event: 'settings', at: '' });
    link.tell({ event: 'settings', at: '' });
    await settled();
    expect(asked('settings')).toBe(before);
    expect(link.sights).toEqual([false]);
    state.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    await settled();
    expect(asked('settings')).toBe(before + 1);
    expect(link.sights).toEqual([false, true]);
    scope.stop();
  });
  it('reads everything anew after a batch was lost', async () => {
    const scope = effectScope();
    scope.run(() => useSettings().follow());
    await settled();
    link.tellBatch({ seq: 5, at: '', events: [] });
    const before = asked('settings');
    link.tellBatch({ seq: 7, at: '', events: [] });
    await settled();
    expect(asked('settings')).toBe(before + 1);
    scope.stop();
  });
  it('keeps what it knows and says so when a reading fails', async () => {
    const scope = effectScope();
    const actions = useActions();
    scope.run(() => actions.follow());
    await settled();
    const known = actions.data;
    link.refuse('actions', { code: 'store', detail: 'locked', retryable: true });
    await actions.reload();
    expect(actions.error).toBeInstanceOf(Refusal);
    expect(actions.data).toBe(known);
    scope.stop();
  });
});

describe('the link', () => {
  it('tells since when it is lost, and reads anew when it is back', async () => {
    const scope = effectScope();
    scope.run(() => useSettings().follow());
    await settled();
    link.tellLink({ state: 'disconnected' });
    expect(lostSince.value).toBeDefined();
    const before = asked('settings');
    link.tellLink({ state: 'connected' });
    await settled();
    expect(lostSince.value).toBeUndefined();
    expect(asked('settings')).toBe(before + 1);
    scope.stop();
  });
  it('turns whatever is thrown into a refusal', () => {
    expect(Refusal.from(new Error('broken')).code).toBe('link');
    expect(Refusal.from({ code: 'refused', detail: 'x', retryable: false }).code).toBe('refused');
  });
});

describe('an event', () => {
  it('of a newer guard makes everything old', () => {
    expect(affected({ event: 'something_new', at: '' } as never)).toBe('all');
  });
  it('that a meter became blind leaves no number as if it were true', () => {
    const meter = link.world.meters.find((row) => row.outcome === 'known');
    if (!meter) throw new Error('no meter');
    const view = patchMeters({ meters: [meter], blind_accounts: [] }, { event: 'unread', at: '', account: meter.account, meter: null, blind: { reason: 'auth', detail: 'x' } });
    expect(view.meters[0]).toMatchObject({ outcome: 'blind', remaining: null, used: null, limit: null, reason: 'auth', last_good: { remaining: meter.remaining } });
  });
  it('of an action moves that action alone', () => {
    const rows = [{ id: 'a', state: 'planned' }, { id: 'b', state: 'planned' }] as never[];
    const moved = patchActions(rows, { event: 'sent', at: 'now', intent: 'b', target: { kind: '', id: '', name: '', region: '' } });
    expect(moved.map((row) => row.state)).toEqual(['planned', 'sent']);
  });
});
