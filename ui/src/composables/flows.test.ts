// Flows beyond what the guard says of them: exact sums, shares that never round to all or nothing, gaps, and the line of
// what passes now.
import { effectScope, nextTick, shallowRef } from 'vue';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BytesView, FlowKindsView, FlowRowView, LiveView } from '@/bindings/api';
import { dotsOf, flowOption } from '@/components/proxy/flowOption';
import { applyLink } from '@/stores/changes';
import { agentCommand, isDeviceId, reportTo } from './devices';
import { asOf, coverageOf, dayIn, estimatedShare, gapsOf, groupsOf, kindsOf, leakMark, listed, rateOf, said, shareText, unwatched, wholeOf } from './flows';
import { LINE_MS, spanOf, useLiveLine, withSample, type Sample } from './useLiveLine';

const amount = (value: string) => ({ value, unit: 'bytes' });
const view = (up: string, down: string, estimated = '0'): BytesView => ({ up: amount(up), down: amount(down), total: amount(String(BigInt(up) + BigInt(down))), estimated: amount(estimated) });
const row = (node: string, kind: FlowRowView['kind'], bytes: BytesView): FlowRowView => ({ device: null, node, group: null, feed: null, kind, day: null, bytes });
const kinds = (proxy: string, direct = '0', unattributed = '0'): FlowKindsView => ({ proxy: view('0', proxy), direct: view('0', direct), reject: view('0', '0'), unattributed: view('0', unattributed) });

describe('rows', () => {
  it('of one name are one line, exact to the last byte, the most bytes first', () => {
    const groups = groupsOf([row('a', 'direct', view('1', '9007199254740993')), row('b', 'proxy', view('0', '9007199254740995')), row('a', 'proxy', view('2', '3', '4'))], 'node');
    expect(groups.map((one) => [one.key, one.bytes.total.value])).toEqual([['a', '9007199254740999'], ['b', '9007199254740995']]);
    expect(groups[0]?.parts.map((part) => part.kind)).toEqual(['proxy', 'direct']);
    expect(groups[0]?.bytes.estimated.value).toBe('4');
  });
  it('without a name are a line of their own', () => {
    expect(groupsOf([row('', 'unattributed', view('0', '5'))], 'node').map((one) => one.key)).toEqual(['']);
  });
  it('come to the whole of all kinds', () => {
    expect(wholeOf(kinds('5', '7', '2')).total.value).toBe('14');
  });
});

describe('a share', () => {
  it('is nothing where nothing was estimated', () => {
    expect(estimatedShare(view('5', '5'))).toBeNull();
    expect(estimatedShare(view('5', '5', '1'))).toBe(10);
  });
  it('is never written as all or as nothing when it is neither', () => {
    expect([0, 0.2, 41.5, 99.6, 100].map(shareText)).toEqual(['0%', '<1%', '42%', '>99%', '100%']);
  });
});

describe('coverage', () => {
  const of = (device: string, watched: number, whole: number) => ({ device, name: device, watched, of: whole });
  it('is unknown while there was no time to watch', () => {
    expect(coverageOf(of('a', 0, 0))).toBeNull();
    expect(coverageOf(of('a', 43_200, 86_400))).toBe(50);
  });
  it('names who was not watched, the least watched first', () => {
    expect(unwatched([of('all', 86_400, 86_400), of('half', 43_200, 86_400), of('none', 0, 86_400), of('new', 0, 0)]).map((one) => one.device)).toEqual(['none', 'half']);
  });
});

describe('a line', () => {
  const line = { step: 60, points: [kinds('5'), null, null, kinds('7', '1'), null].map((bytes, n) => ({ at: new Date(n * 60_000).toISOString(), bytes })) };
  it('has a gap where no device was watched, and no zero', () => {
    expect(gapsOf(line)).toEqual([{ start: 60_000, end: 180_000 }, { start: 240_000, end: 300_000 }]);
    expect(dotsOf(line, 'proxy').slice(0, 4)).toEqual([[0, 5], [60_000, 5], [60_000, null], [120_000, null]]);
  });
  it('draws the kinds that it has', () => {
    expect(kindsOf(line)).toEqual(['proxy', 'direct']);
    expect(kindsOf({ ...line, points: [{ at: '', bytes: kinds('0', '0', '3') }] })).toEqual(['proxy', 'direct', 'unattributed']);
  });
  it('never connects over a gap, and tells what a step is made of', () => {
    const option = flowOption(line, 'label', { amount: (of) => of.value, instant: String, word: (kind) => kind, gap: 'not watched' }) as unknown as { series: { connectNulls: boolean; markArea?: { data: object[] } }[]; tooltip: { formatter: (rows: { dataIndex: number }[]) => string } };
    expect(option.series.map((one) => one.connectNulls)).toEqual([false, false]);
    expect(option.series[0]?.markArea?.data).toHaveLength(2);
    expect(option.tooltip.formatter([{ dataIndex: 7 }])).toBe('180000 – 240000\nproxy 7\ndirect 1');
    expect(option.tooltip.formatter([{ dataIndex: 2 }])).toBe('60000 – 120000\nnot watched');
  });
});

const live = (at: number, ...rates: [string, number | null, LiveView['devices'][number]['state']?][]): LiveView => ({
  at: new Date(at).toISOString(), connections: [],
  devices: rates.map(([device, rate, state = 'watched']) => ({ device, name: device, state, as_of: new Date(at - 1000).toISOString(), up_rate: rate, down_rate: rate, connections: null, nodes: [] })),
});

describe('what passes now', () => {
  it('is the sum of what is told, and unknown where nobody tells', () => {
    expect(rateOf(live(0, ['a', 5], ['b', null], ['c', 9, 'ended']))).toEqual({ up: 5, down: 5, told: 1, all: 2 });
    expect(rateOf(live(0, ['a', null]))).toEqual({ up: null, down: null, told: 0, all: 1 });
    expect(rateOf(live(0, ['a', 5], ['b', 2]), 'b').down).toBe(2);
    expect(asOf(live(5000, ['a', 5], ['b', null]))).toBe(new Date(4000).toISOString());
    expect(asOf(live(5000, ['a', null]))).toBeNull();
  });
  it('stands in a bounded line that forgets its beginning', () => {
    const many = Array.from({ length: 500 }, (_, n): Sample => ({ at: n * 2000, up: n, down: n, begins: n === 0 }));
    const line = many.reduce<Sample[]>(withSample, []);
    expect(line.length).toBeLessThanOrEqual(200);
    expect((line.at(-1)?.at ?? 0) - (line[0]?.at ?? 0)).toBeLessThan(LINE_MS);
    expect(withSample(line, { at: 5, up: 0, down: 0, begins: false })).toBe(line);
    expect(spanOf(line)).toBeGreaterThan(250_000);
    expect(spanOf([])).toBe(60_000);
  });

  afterEach(() => vi.restoreAllMocks());
  it('breaks where no rate was told, nobody looked, or the guard did not answer', async () => {
    const told = shallowRef<LiveView | undefined>(live(1000, ['a', 1]));
    const scope = effectScope();
    const line = scope.run(() => useLiveLine(() => told.value));
    const then = async (at: number, rate: number | null) => {
      told.value = live(at, ['a', rate]);
      await nextTick();
    };
    await then(2000, 2);
    await then(3000, null);
    await then(4000, 3);
    const state = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    state.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    await then(5000, 4);
    applyLink({ state: 'disconnected' });
    applyLink({ state: 'connected' });
    await then(6000, 5);
    await then(7000, 6);
    expect(line?.value.map((one) => [one.down, one.begins])).toEqual([[1, true], [2, false], [3, true], [4, true], [5, true], [6, false]]);
    scope.stop();
  });
});

describe('words', () => {
  it('are those of the language that is shown', () => {
    expect(said({ 'zh-CN': '好', en: 'good' }, 'zh-CN')).toBe('好');
    expect(said({ 'zh-CN': '好', en: 'good' }, 'en')).toBe('good');
    expect(listed(['a', 'b', 'c'], 'en')).toBe('a, b, and c');
  });
  it('of a verdict that is not known are those of one that could not be decided', () => {
    const leak = { confirmed: true, start: '', end: '', billed: amount('0'), ours: amount('0'), difference: amount('0'), tolerance: amount('0'), coverage: amount('0'), said: { 'zh-CN': '', en: '' } };
    expect(['agrees', 'used_elsewhere', 'counted_here', 'not_decidable', 'something_new'].map((verdict) => leakMark({ ...leak, verdict }))).toEqual(['calm', 'warning', 'warning', 'blind', 'blind']);
  });
  it('of a day are those of the zone', () => {
    const late = Date.parse('2026-11-21T17:00:00Z');
    expect(dayIn('Asia/Shanghai', late)).toBe('2026-11-22');
    expect(dayIn('America/New_York', late)).toBe('2026-11-21');
    expect(dayIn('Nowhere/Nothing', late)).toMatch(/^2026-11-2[12]$/);
  });
});

describe('a device', () => {
  it('has an id by the rule of all ids', () => {
    expect(['router', 'nas-2', 'a.b_c', '7'].map(isDeviceId)).toEqual([true, true, true, true]);
    expect(['', '-a', 'Router', 'a b', '路由器', 'a'.repeat(65)].map(isDeviceId)).toEqual([false, false, false, false, false, false]);
  });
  it('is told where to report to, with its code', () => {
    expect(agentCommand('https://gate.example', 'FAKE-1')).toBe('tidegate-agent --report-to https://gate.example --code FAKE-1');
    expect(agentCommand('http://10.0.0.5:8787', 'FAKE-1')).toBe('tidegate-agent --report-to http://10.0.0.5:8787 --code FAKE-1 --allow-plain-http');
  });
  it('is told an address that other machines can call, or that a person must fill one in', () => {
    expect([null, 'http://0.0.0.0:8787', 'http://[::]:8787', 'http://10.0.0.5:8787', 'https://gate.example'].map((door) => reportTo(door, 'HERE')))
      .toEqual(['https://HERE', 'http://HERE:8787', 'http://HERE:8787', 'http://10.0.0.5:8787', 'https://gate.example']);
  });
});
