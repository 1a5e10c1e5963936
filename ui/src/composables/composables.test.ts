// The pure parts: exact amounts, ids, levels, charts, steps, and the one clock.
import { effectScope } from 'vue';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useRun } from '@/composables/useRun';
import { amountOf, lineOf, stepOf, topOf } from '@/components/chartOption';
import { mockLink } from '@/link/mock';
import type { ChartView } from '@/bindings/api';
import { csvOf } from './csv';
import { compare, parseAmount, parts, scaled, sharePercent } from './decimal';
import { freeId, slug } from './ids';
import { levelOf } from './useLevel';
import { limitParts, stepsOf } from './useGuardDraft';
import { useDay } from './useDay';
import { ticking, useNow } from './useNow';

const bytes = (value: string) => ({ value, unit: 'bytes' });

describe('amounts', () => {
  it('are exact, and cut towards less', () => {
    expect(parts(bytes('38219999999'), false)).toEqual({ number: '38.21', unit: 'GB', before: false });
    expect(parts(bytes('9007199254740993000'), false).number).toBe('9007199.25');
    expect(parts(bytes('1073741823'), true)).toEqual({ number: '1023.99', unit: 'MiB', before: false });
    expect(parts({ value: '-0.001', unit: 'CNY' }, false)).toEqual({ number: '-0.01', unit: '¥', before: true });
    expect(parts({ value: '41.2', unit: 'CNY' }, false).number).toBe('41.20');
  });
  it('refuse what is no decimal', () => {
    for (const text of ['', '1e3', 'NaN', '0x1', '1,0']) expect(() => scaled(text, 6)).toThrow(/not a decimal/);
  });
  it('compare and share without losing a byte', () => {
    expect(compare(bytes('9007199254740993'), bytes('9007199254740992'))).toBe(1);
    expect(sharePercent(bytes('1'), bytes('3'))).toBe(33.33);
    expect(sharePercent(bytes('1'), bytes('0'))).toBeNull();
    expect(sharePercent(null, bytes('1'))).toBeNull();
  });
  it('are read from a guard’s text', () => {
    expect(parseAmount('20 GB', 'bytes')).toEqual(bytes('20000000000'));
    expect(parseAmount('1.5GiB', 'bytes')).toEqual(bytes('1610612736'));
    expect(parseAmount('70%', 'bytes')).toEqual({ value: '70', unit: 'percent' });
    expect(parseAmount('2d', 'bytes')).toBeNull();
  });
});

describe('ids', () => {
  it('come from names and are free', () => {
    expect(slug('My Hong-Kong #1', 'x')).toBe('my-hong-kong-1');
    expect(slug('华为主账户', 'huawei')).toBe('huawei');
    expect(freeId('a', ['a', 'a-2'])).toBe('a-3');
  });
});

describe('a guard’s texts', () => {
  it('fall into their parts', () => {
    expect(stepsOf('70%，20 GB; 2d,')).toEqual(['70%', '20 GB', '2d']);
    expect(limitParts('predictive 5 GB')).toEqual({ predictive: true, amount: '5 GB' });
    expect(limitParts(undefined)).toEqual({ predictive: false, amount: '' });
  });
});

describe('a level', () => {
  const meters = mockLink(new URLSearchParams()).world.meters;
  it('is drawn only for what is known', () => {
    const known = meters.find((meter) => meter.outcome === 'known' && meter.limit);
    const blind = meters.find((meter) => meter.outcome === 'blind');
    expect(known && levelOf(known, Date.now())?.left).not.toBeNull();
    expect(blind && levelOf(blind, Date.now())).toBeNull();
  });
});

const CHART: ChartView = {
  account: 'a', meter: 'm', name: '=cmd', unit: 'CNY', scale: 6, binary: false, start: 0, end: 4000, of: 'remaining',
  points: { at: [1000, 2000, 3000], value: ['41200000', '-500000', '3'] }, gaps: [{ start: 1000, end: 2000, reason: 'asleep', text: 'slept' }],
  windows: [], steps: [], limits: [], forecast: null, markers: [], simulated: false,
};
describe('a chart', () => {
  it('breaks its line where nothing was read', () => {
    expect(lineOf(CHART.points, CHART.gaps)).toEqual([[1000, 41200000], [1001, null], [2000, -500000], [3000, 3]]);
  });
  it('tells raw values exactly', () => {
    expect(amountOf(CHART, 41200000)).toEqual({ value: '41.200000', unit: 'CNY' });
    expect(amountOf(CHART, -500000)).toEqual({ value: '-0.500000', unit: 'CNY' });
  });
  it('never has a line outside of its picture', () => {
    expect(topOf({ ...CHART, limits: [{ guard: 'g', text: '50', at: '50000000', predictive: false }] })).toBe(50000000);
  });

  it('has a ground of round numbers in the unit that people read', () => {
    const GIB = 1024 ** 3;
    const bytes = { ...CHART, unit: 'bytes', scale: 0, steps: [], limits: [] };
    const upTo = (value: number, binary: boolean) => stepOf({ ...bytes, binary, points: { at: [0], value: [String(value)] } });
    expect(upTo(200 * GIB, true)).toBe(50 * GIB);
    expect(upTo(500e9, false)).toBe(100e9);
    expect(upTo(900 * 1024 ** 2, true)).toBe(200 * 1024 ** 2);
    expect(upTo(0, true)).toBe(1);
    expect(stepOf(CHART)).toBeUndefined();
  });
  it('is saved with its gaps', () => {
    expect(csvOf(CHART).split('\r\n')).toEqual([
      'time,remaining,unit,note', '1970-01-01T00:00:01.000Z,41.200000,CNY,', '1970-01-01T00:00:01.001Z,,CNY,asleep', '1970-01-01T00:00:02.000Z,-0.500000,CNY,', '1970-01-01T00:00:03.000Z,0.000003,CNY,', '',
    ]);
  });
});

describe('the clock', () => {
  afterEach(() => vi.useRealTimers());
  it('runs only while somebody uses it', () => {
    vi.useFakeTimers();
    const scope = effectScope();
    expect(ticking()).toBe(false);
    const now = scope.run(() => useNow('countdown'));
    expect(ticking()).toBe(true);
    const before = now?.value ?? 0;
    vi.advanceTimersByTime(1000);
    expect(now?.value).toBeGreaterThan(before);
    scope.stop();
    expect(ticking()).toBe(false);
  });
  it('tells another day after midnight, and not before', () => {
    vi.useFakeTimers({ now: new Date(2026, 10, 21, 23, 59, 20) });
    const scope = effectScope();
    const day = scope.run(() => useDay());
    expect(day?.value).toBe('2026-11-21');
    vi.advanceTimersByTime(30_000);
    expect(day?.value).toBe('2026-11-21');
    vi.advanceTimersByTime(30_000);
    expect(day?.value).toBe('2026-11-22');
    scope.stop();
  });
  it('stands still while the window is hidden', () => {
    vi.useFakeTimers();
    const scope = effectScope();
    scope.run(() => useNow());
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(ticking()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(ticking()).toBe(true);
    scope.stop();
  });
});

describe('one thing at a time', () => {
  it('is waited for no longer once it was left, whatever comes of it', async () => {
    const run = useRun();
    let answer: (text: string) => void = () => undefined;
    const first = run.run(() => new Promise<string>((resolve) => { answer = resolve; }));
    expect(run.busy.value).toBe(true);
    run.leave();
    expect(run.busy.value).toBe(false);
    const second = run.run(() => Promise.resolve('second'));
    answer('first');
    expect(await first).toBeUndefined();
    expect(await second).toBe('second');
    expect(run.busy.value).toBe(false);
    const third = run.run(() => Promise.reject(new Error('late')));
    run.leave();
    await third;
    expect(run.error.value).toBeUndefined();
  });
});
