// What the page of balances shows: groups, counts by currency, thresholds that leave each other alone, lazy lines.
import { ref } from 'vue';
import { beforeEach, describe, expect, it } from 'vitest';
import type { GuardItem, MeterView } from '@/bindings/api';
import { useLink } from '@/link';
import { mockLink, type MockLink } from '@/link/mock';
import { settled } from '@/testing/world';
import { countsOf, foundIn, groupsOf, ownGuard, suggested, thresholdOf, thresholdUnit, withThreshold } from './balances';
import { useSpark } from './useSpark';

let link: MockLink;
beforeEach(() => {
  link = mockLink();
  useLink(link);
});

async function world() {
  const [{ meters }, items, accounts, { providers }] = await Promise.all([
    link.ask({ request: 'meters', account: null, lang: 'en' }), link.ask({ request: 'items' }), link.ask({ request: 'accounts' }), link.ask({ request: 'catalogue', lang: 'en' }),
  ]);
  return { meters, items, groups: groupsOf(meters, items.account, accounts, providers) };
}
function meterOf(meters: MeterView[], account: string, meter: string): MeterView {
  const found = meters.find((row) => row.account === account && row.meter === meter);
  if (!found) throw new Error(`no meter ${account}/${meter}`);
  return found;
}

describe('the groups', () => {
  it('hold every balance once, under its provider', async () => {
    const { meters, groups } = await world();
    const shown = groups.flatMap((group) => group.purses.flatMap((purse) => purse.meters));
    expect(shown).toHaveLength(meters.filter((meter) => meter.kind !== 'traffic' && meter.targets[0]?.kind !== 'sub_account').length);
    expect(groups.map((group) => group.purses.map((purse) => purse.account)).flat()).not.toContain('volc-main');
    expect(groups.find((group) => group.id === 'openrouter')?.purses.map((purse) => purse.account).sort()).toEqual(['openrouter', 'openrouter-lab']);
  });
  it('name an account whose provider tells no balance, and not a cloud account with servers alone', async () => {
    const { groups } = await world();
    expect(groups.find((group) => group.id === 'groq')?.purses).toMatchObject([{ account: 'groq', meters: [] }]);
    expect(groups.flatMap((group) => group.purses).map((purse) => purse.account)).not.toContain('hw-lab');
  });
  it('are found by meter, account and provider, and by what needs a look', async () => {
    const { groups } = await world();
    const names = (word: string, loud = false) => foundIn(groups, word, loud).flatMap((group) => group.purses.map((purse) => purse.account));
    expect(names('router lab')).toEqual(['openrouter-lab']);
    expect(names('groq')).toEqual(['groq']);
    expect(names('nothing like it')).toEqual([]);
    expect(names('', true).sort()).toEqual(['aliyun', 'azure', 'deepseek-team', 'hw-main', 'moonshot', 'openai-org']);
  });
});

it('currencies are counted and never added', async () => {
  const { meters } = await world();
  expect(countsOf(meters)).toEqual([{ unit: 'CNY', all: 5, loud: 4 }, { unit: 'USD', all: 4, loud: 1 }, { unit: 'credits', all: 2, loud: 0 }].sort((a, b) => a.unit.localeCompare(b.unit)));
});

describe('a threshold', () => {
  const guard: GuardItem = { id: 'g', account: 'a', meter: 'm', steps: ['2d', '50 CNY', '20 CNY'] };
  it('is written in the unit of its meter', async () => {
    const { meters } = await world();
    expect(thresholdUnit(meterOf(meters, 'deepseek-team', 'total-cny'))).toBe('CNY');
    expect(thresholdUnit(meterOf(meters, 'openai-org', 'month'))).toBe('%');
    expect(thresholdUnit(meterOf(meters, 'moonshot', 'available'))).toBe('CNY');
    expect(thresholdUnit(meterOf(meters, 'deepseek-team', 'usable'))).toBe('%');
    expect(thresholdUnit(meterOf(meters, 'gateway', 'token'))).toBeUndefined();
    expect(thresholdUnit(meterOf(meters, 'openai-org', 'project-web'))).toBeUndefined();
  });
  it('changes the one step of its unit and leaves the others', () => {
    expect(thresholdOf(guard, 'CNY')).toBe('50');
    expect(withThreshold(guard, '42.5', 'CNY').steps).toEqual(['2d', '42.5 CNY', '20 CNY']);
    expect(withThreshold(guard, '80', '%').steps).toEqual(['2d', '50 CNY', '20 CNY', '80%']);
    expect(guard.steps).toEqual(['2d', '50 CNY', '20 CNY']);
  });
  it('belongs to the meter alone: a guard over many meters is not touched', async () => {
    const { meters } = await world();
    const meter = meterOf(meters, 'deepseek-team', 'total-cny');
    const many: GuardItem = { id: 'deepseek-team-total-cny', account: 'deepseek-team', meter: '*', steps: ['50 CNY'] };
    expect(ownGuard(meter, [many])).toEqual({ fresh: true, guard: { id: 'deepseek-team-total-cny-2', account: 'deepseek-team', meter: 'total-cny', steps: [], action: 'warn' } });
    const own: GuardItem = { id: 'mine', account: 'deepseek-team', meter: 'total-cny' };
    expect(ownGuard(meter, [many, own])).toEqual({ fresh: false, guard: own });
  });
  it('begins at a fifth of what is left, exactly', () => {
    expect(suggested({ value: '9007199254740993', unit: 'credits' })).toBe('1801439850948198');
    expect(suggested({ value: '3.10', unit: 'USD' })).toBe('1');
    expect(suggested({ value: '-3.20', unit: 'CNY' })).toBe('1');
  });
});

it('a line is asked for when it is first seen, a few at a time, and once', async () => {
  const { meters } = await world();
  const rows = meters.filter((meter) => meter.kind === 'balance');
  const seen = ref(false);
  const lines = rows.map((meter) => useSpark(() => meter, seen));
  const asked = () => link.asked.filter((request) => request.request === 'chart').length;
  await settled();
  expect(asked()).toBe(0);
  seen.value = true;
  await Promise.resolve();
  expect(asked()).toBeLessThanOrEqual(3);
  await settled();
  expect(asked()).toBe(rows.length);
  expect(lines.every((line) => line.value.length > 1)).toBe(true);
  const again = useSpark(() => rows[0] as MeterView, seen);
  await settled();
  expect(again.value).toEqual(lines[0]?.value);
  expect(asked()).toBe(rows.length);
});
