// The accounts, servers and meters of the made-up world: one meter in each state a person can meet.
import type { AccountView, Amount, MeterView, Target, TargetView } from '@/bindings/api';
import { at, DAY, HOUR, MINUTE } from './clock';

const GB = 1_000_000_000;
const GIB = 1 << 30;

/** Bytes from GB. */
export const gb = (n: number): Amount => ({ value: String(Math.round(n * GB)), unit: 'bytes' });
/** Bytes from GiB. */
export const gib = (n: number): Amount => ({ value: String(Math.round(n * GIB)), unit: 'bytes' });
/** Money. */
export const yuan = (n: number): Amount => ({ value: n.toFixed(2), unit: 'CNY' });

export const server = (name: string, region = 'ap-southeast-1'): Target => ({ kind: 'server', id: `srv-${name}`, name, region });

const ACCOUNTS: Record<string, string> = { 'hw-main': '华为主账户', 'hw-lab': 'Huawei lab', 'hw-old': '旧站点' };

/** Accounts as the schedule has them. */
export function accounts(): AccountView[] {
  const account = (id: string, name: string, meters: number, reason: string | null = null): AccountView => ({
    account: id, name, enabled: true, reason,
    detail: reason ? 'the key was refused: InvalidAccessKeyId' : null,
    looked_at: at(-3 * MINUTE), next_at: at(2 * MINUTE), interval: 300, meters, simulated: false,
  });
  return [account('hw-main', '华为主账户', 8), account('hw-lab', 'Huawei lab', 7), account('hw-old', '旧站点', 1, 'auth')];
}

interface Made {
  account?: string; meter: string; name: string; kind?: MeterView['kind'];
  left: Amount; whole: Amount | null; used?: Amount | null; age?: number; days?: number; on?: Target[]; binary?: boolean;
}

function known(made: Made): MeterView {
  return {
    account: made.account ?? 'hw-main', meter: made.meter, name: made.name, kind: made.kind ?? 'traffic',
    outcome: 'known', reason: null, detail: null,
    used: made.used ?? null, limit: made.whole, remaining: made.left,
    window: made.days === undefined ? null : { kind: 'cycle', start: at((made.days - 30) * DAY), end: at(made.days * DAY) },
    as_of: at(-(made.age ?? 3) * MINUTE), fetched_at: at(-(made.age ?? 3) * MINUTE + 20_000), last_good: null,
    binary: made.binary ?? false, targets: made.on ?? [], guards: [], account_name: ACCOUNTS[made.account ?? 'hw-main'] ?? '',
    level: null, state: 'unguarded', blind_since: null, as_of_source: 'provider', lag_ms: 12 * MINUTE, forecast: null, simulated: false,
  };
}

const minus = (whole: Amount, left: Amount): Amount => ({ value: String(BigInt(whole.value) - BigInt(left.value)), unit: whole.unit });

function packageOf(name: string, left: number, whole: number, days: number, more: Partial<Made> = {}): MeterView {
  const make = more.binary ? gib : gb;
  return known({
    meter: `pkg-${name}`, name: `${name} · 流量包`, left: make(left), whole: make(whole), used: minus(make(whole), make(left)),
    days, on: [server(name)], ...more,
  });
}

/** Meters, without the guards on them. */
export function meters(): MeterView[] {
  const blind: MeterView = {
    ...packageOf('legacy-01', 0, 100, 9, { account: 'hw-old' }),
    outcome: 'blind', reason: 'auth', detail: 'the key was refused: InvalidAccessKeyId',
    used: null, limit: null, remaining: null, window: null, as_of: null, fetched_at: at(-4 * MINUTE),
    last_good: { remaining: gb(61.4), used: gb(38.6), as_of: at(-6 * HOUR) }, blind_since: at(-6 * HOUR), as_of_source: null,
  };
  const calm = ['api-01', 'api-02', 'cdn-origin', 'db-01', 'build-01', 'mail-01', 'docs-01', 'grafana'].map((name, n) =>
    packageOf(name, 180 - n * 9, 200 + (n % 3) * 100, 24 - n, { account: n % 2 ? 'hw-lab' : 'hw-main', age: 2 + n }));
  return [
    packageOf('ecs-hk-01', 4.31, 200, 11, { age: 1 }),
    packageOf('ecs-sg-02', 18.75, 500, 14, { age: 4 }),
    packageOf('ecs-bj-03', 38.2, 200, 9, { age: 12 }),
    packageOf('game-hk-01', 1.92, 100, 16, { account: 'hw-lab', age: 6, binary: true }),
    blind,
    known({ meter: 'balance', name: '华为主账户 · 余额', kind: 'balance', left: yuan(41.2), whole: null, age: 3 }),
    packageOf('relay-01', 92.1, 300, 10, { account: 'hw-lab', age: 5 }),
    ...calm,
  ];
}

/** Servers as they were found. */
export function targets(): TargetView[] {
  return meters().flatMap((meter) => meter.targets.map((target): TargetView => {
    const stopped = target.name === 'game-hk-01';
    return {
      account: meter.account, target, protected: target.name === 'db-01',
      power: meter.outcome === 'blind' ? null : { power: stopped ? 'stopped' : 'running' },
      power_at: meter.outcome === 'blind' ? null : at(-3 * MINUTE),
      stopped_by_us_at: stopped ? at(-5 * HOUR) : null, present: target.name !== 'legacy-01',
      meters: [meter.meter], addresses: [`203.0.113.${target.name.length + 10}`], simulated: false,
    };
  }));
}
