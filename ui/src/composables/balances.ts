// What the page of balances shows, from the views of the guard: which meters, in which groups, with which threshold.
// Currencies are counted, never added. Pure; tested in balances.test.ts.
import type { AccountItem, AccountView, Amount, GuardItem, MeterView, ProviderEntry } from '@/bindings/api';
import { parseAmount, scaled } from './decimal';
import { freeId, slug } from './ids';
import { isTraffic } from './offers';
import { kindOf } from './targets';

/** An account with its balances; it may have none. */
export interface Purse {
  account: string;
  name: string;
  meters: MeterView[];
  /** Why nothing of it can be read. */
  view?: AccountView;
}

/** The accounts at one provider. */
export interface ProviderGroup {
  id: string;
  name: string;
  entry?: ProviderEntry;
  purses: Purse[];
}

/** Money, credits and what is spent; traffic and the quotas of sub-accounts have their own pages. */
export function isBalance(meter: MeterView): boolean {
  return meter.kind === 'balance' || (meter.kind === 'spending' && kindOf(meter.targets[0]) !== 'sub_account');
}

const LOUD = new Set(['warning', 'critical', 'blind', 'acting']);

/** Whether a person should look at it. */
export function needsLook(purse: Purse): boolean {
  return purse.meters.some((meter) => LOUD.has(meter.state)) || (purse.meters.length === 0 && !!purse.view?.reason);
}

/** What the page is made of. `entries`: the catalogue, which knows the providers' names and notes. */
export function groupsOf(meters: MeterView[], items: AccountItem[], views: AccountView[], entries: ProviderEntry[]): ProviderGroup[] {
  const groups = new Map<string, ProviderGroup>();
  const put = (account: string, name: string, own: MeterView[]) => {
    const item = items.find((one) => one.id === account);
    const entry = entries.find((one) => one.id === item?.provider);
    const id = item?.provider ?? account;
    const group = groups.get(id) ?? { id, name: entry?.name ?? name, entry, purses: [] };
    group.purses.push({ account, name, meters: own, view: views.find((one) => one.account === account) });
    groups.set(id, group);
  };
  const balances = meters.filter(isBalance);
  for (const account of new Set(balances.map((meter) => meter.account))) {
    const own = balances.filter((meter) => meter.account === account);
    put(account, own[0]?.account_name ?? account, own);
  }
  for (const item of items) {
    // A provider of servers has policies; an account there need not have a balance.
    const told = !isTraffic(item.provider) && entries.find((one) => one.id === item.provider)?.policies.length === 0;
    if (told && item.enabled !== false && !balances.some((meter) => meter.account === item.id)) put(item.id, item.name ?? item.id, []);
  }
  return [...groups.values()];
}

/** The groups in which a word stands, and, if asked, only what needs a look. */
export function foundIn(groups: ProviderGroup[], word: string, loudOnly: boolean): ProviderGroup[] {
  const wanted = word.trim().toLowerCase();
  return groups.flatMap((group) => {
    const purses = group.purses.flatMap((purse): Purse[] => {
      const has = (text: string) => `${group.name} ${purse.name} ${purse.account} ${text}`.toLowerCase().includes(wanted);
      const meters = purse.meters.filter((meter) => has(`${meter.name} ${meter.meter}`) && (!loudOnly || LOUD.has(meter.state)));
      const empty = purse.meters.length === 0 && has('') && (!loudOnly || needsLook(purse));
      return meters.length > 0 || empty ? [{ ...purse, meters }] : [];
    });
    return purses.length > 0 ? [{ ...group, purses }] : [];
  });
}

/** How many meters there are in each currency, and how many of them need a look; what says yes or no has none. */
export function countsOf(meters: MeterView[]): { unit: string; all: number; loud: number }[] {
  const counts = new Map<string, { unit: string; all: number; loud: number }>();
  for (const meter of meters.filter(isBalance)) {
    const unit = unitOf(meter);
    if (!unit || isFlag(meter)) continue;
    const count = counts.get(unit) ?? { unit, all: 0, loud: 0 };
    counts.set(unit, { unit, all: count.all + 1, loud: count.loud + (LOUD.has(meter.state) ? 1 : 0) });
  }
  return [...counts.values()].sort((a, b) => a.unit.localeCompare(b.unit));
}

/** The unit that a meter counts in, blind or not. */
export function unitOf(meter: MeterView): string | undefined {
  return (meter.remaining ?? meter.used ?? meter.last_good?.remaining ?? meter.last_good?.used)?.unit;
}

/** Whether it says yes or no, such as whether a key works: all of a share, or nothing of it. */
export function isFlag(meter: MeterView): boolean {
  return unitOf(meter) === 'percent';
}

/**
 * What a threshold on a meter is written in: `%` of a limit that is spent or of a yes that is gone, else the unit of what is
 * left; none without either. Traffic is counted by its share too.
 */
export function thresholdUnit(meter: MeterView): string | undefined {
  if (isFlag(meter)) return '%';
  if (meter.kind === 'spending' || meter.kind === 'traffic') return meter.limit ? '%' : undefined;
  return (meter.remaining ?? meter.last_good?.remaining)?.unit;
}

/** Whether a step of a guard is one that the page edits. */
function fits(step: string, unit: string): boolean {
  return parseAmount(step, unit)?.unit === (unit === '%' ? 'percent' : unit);
}

/** A step in its two parts, `50` and `CNY`. */
export function thresholdOf(guard: GuardItem | undefined, unit: string): string {
  const step = (guard?.steps ?? []).find((one) => fits(one, unit));
  return step ? (/^\d+(?:\.\d+)?/.exec(step)?.[0] ?? '') : '';
}

/** The guard with another threshold; its other steps stay. */
export function withThreshold(guard: GuardItem, value: string, unit: string): GuardItem {
  const written = unit === '%' ? `${value.trim()}%` : `${value.trim()} ${unit}`;
  const steps = guard.steps ?? [];
  const at = steps.findIndex((step) => fits(step, unit));
  return { ...guard, steps: at < 0 ? [...steps, written] : steps.map((step, n) => (n === at ? written : step)) };
}

/** The meter's own guard, or a new one that begins by watching: a guard over many meters is left as it is. */
export function ownGuard(meter: MeterView, items: GuardItem[]): { guard: GuardItem; fresh: boolean } {
  const own = items.find((item) => item.account === meter.account && item.meter === meter.meter);
  if (own) return { guard: own, fresh: false };
  const id = freeId(slug(`${meter.account}-${meter.meter}`, 'guard'), items.map((item) => item.id));
  return { guard: { id, account: meter.account, meter: meter.meter, steps: [], action: 'warn' }, fresh: true };
}

/** A threshold to begin with: a fifth of what is left in whole units, at least one. */
export function suggested(left: Amount): string {
  const fifth = scaled(left.value, 0) / 5n;
  return String(fifth > 1n ? fifth : 1n);
}
