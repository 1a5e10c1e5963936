// Devices, what passes there now, subscriptions and reports of the made-up world: one in each state that a person can meet.
import type { Amount, ConnectionView, DeviceState, DeviceView, LiveDeviceView, LiveView, MeterView, SaidView, SubscriptionView } from '@/bindings/api';
import { at, DAY, HOUR, MINUTE, SECOND } from './clock';
import { BEGUN, todayOf, type Known } from './flows';

const say = (zh: string, en: string): SaidView => ({ 'zh-CN': zh, en });
const GIB = 1 << 30;
export const gib = (n: number): Amount => ({ value: String(Math.round(n * GIB)), unit: 'bytes' });
const bytes = (n: number): Amount => ({ value: String(Math.round(n)), unit: 'bytes' });

/** A device in the shortest words; the rest follows from it. */
export interface Made {
  device: string; name: string; account: string | null; state: DeviceState; said: SaidView; kernel: string | null; agent: string | null;
  seen: number | null; ahead?: number; backlog?: number; quarantined?: number;
  /** Parts of today in which it was watched. */
  covered: number;
  /** Bytes a second that it receives about now; null: not told. */
  rate: number | null;
}

/** The devices as they are at first. */
export function devices(lab: string): Made[] {
  const made = (device: string, name: string, more: Partial<Made>): Made => ({
    device, name, account: null, state: 'watched', said: say('正在统计。', 'It is watched.'), kernel: 'mihomo v1.19.32', agent: '0.1.0', seen: -8 * SECOND, covered: 1, rate: null, ...more,
  });
  return [
    made('desk', '书房台式机', { account: 'home-kernel', agent: null, seen: -SECOND, rate: 6.1e6, said: say('它的内核由这里直接询问，每秒一次。', 'Its kernel is asked from here, every second.') }),
    made('router', '客厅路由器', { kernel: 'sing-box 1.14.4', ahead: 200_000, rate: 2.4e6, covered: 0.9985, said: say('采集程序每分钟提交一次。', 'Its agent hands in every minute.') }),
    made('laptop', 'Laptop of Li', { state: 'silent', seen: -5 * HOUR, covered: 0.46, said: say('5 小时没有消息。它醒来后会补交这段时间的数据；如果一直没有，请检查那里的采集程序。', 'Nothing was heard of it for 5 hours. What it counted meanwhile comes when it wakes; if it does not, look whether its agent runs.') }),
    made('lab', lab, { state: 'lost', kernel: 'sing-box 1.14.4', seen: -40 * SECOND, covered: 0.71, quarantined: 2, backlog: 3, said: say('采集程序在，但它的内核 12 分钟没有回答。请检查那里的控制器地址和密钥。', 'Its agent is there, but the kernel has not answered it for 12 minutes. Check the controller’s address and secret there.') }),
    made('old-nas', '旧 NAS', { state: 'ended', seen: -20 * DAY, covered: 0, said: say('已由人结束，数据保留。', 'It was ended by a person; what it counted stays.') }),
  ];
}

const DAY_SECONDS = 86_400;
const secondsOfToday = () => Math.max(600, Math.floor(((Date.now() + 8 * HOUR) % DAY) / SECOND));

/** How well a device was watched today. */
export function knownOf(made: Made): Known {
  const of = Math.min(DAY_SECONDS, secondsOfToday());
  return { device: made.device, name: made.name, watched: Math.round(of * made.covered), of };
}

export function viewOf(made: Made): DeviceView {
  const { device, name, account, state, said, kernel, agent } = made;
  return {
    device, name, account, state, said, kernel, agent, since: BEGUN, seen_at: made.seen === null ? null : at(made.seen), clock_ahead_ms: made.ahead ?? null, backlog: made.backlog ?? null,
    quarantined: made.quarantined ?? 0, today: todayOf(device), coverage: knownOf(made),
  };
}

/** A device that was only invited so far. */
export function invited(device: string, name: string): Made {
  return { device, name, account: null, state: 'new', said: say('还没有消息：请在那里运行命令。', 'It was never heard of: run the command there.'), kernel: null, agent: null, seen: null, covered: 0, rate: null };
}

const NODES: Record<string, [string, LiveDeviceView['nodes'][number]['kind'], number][]> = {
  desk: [['香港 01', 'proxy', 0.62], ['日本 02 [1.5x]', 'proxy', 0.2], ['DIRECT', 'direct', 0.18]],
  router: [['新加坡 03', 'proxy', 0.7], ['direct', 'direct', 0.3]],
};

/** What passes now; `beat` counts how often it was told. */
export function live(all: Made[], beat: number): LiveView {
  return {
    at: at(0), connections: connections(beat, all.find((one) => one.device === 'lab')?.name ?? ''),
    devices: all.map((made, n): LiveDeviceView => {
      const wave = 0.55 + 0.4 * Math.sin(beat / 4 + n) + 0.25 * Math.sin(beat / 1.3 + 2 * n);
      const down = made.rate === null ? null : Math.max(0, Math.round(made.rate * wave));
      return {
        device: made.device, name: made.name, state: made.state, as_of: made.seen === null ? null : at(Math.max(made.seen, -30 * SECOND)), up_rate: down === null ? null : Math.round(down * 0.09), down_rate: down,
        connections: down === null ? null : 38 + 9 * n, nodes: (NODES[made.device] ?? []).map(([node, kind, part]) => ({ node, kind, connections: Math.round(30 * part), up_rate: Math.round((down ?? 0) * part * 0.09), down_rate: Math.round((down ?? 0) * part) })),
      };
    }),
  };
}

const HOSTS = ['video.example.com:443', 'api.example.org:443', 'mirror.example.net:443', '192.0.2.80:80', 'chat.example.com:443', 'files.example.cn:443', '192.0.2.14:22', 'updates.example.com:443'];

/** Connections that are open, the fastest first. */
function connections(beat: number, lab: string): ConnectionView[] {
  return Array.from({ length: 46 }, (_, n): ConnectionView => {
    const [node, kind] = NODES.desk?.[n % 3] ?? ['', 'unattributed'];
    const down = (46 - n) ** 3 * 700 + beat * 900;
    const total = { up: bytes(down * 0.07), down: bytes(down), total: bytes(down * 1.07), estimated: bytes(0) };
    return { device: 'desk', node: n === 40 ? '' : (node ?? ''), group: n % 3 === 2 ? '国内直连' : '节点选择', kind: n === 40 ? 'unattributed' : (kind ?? 'proxy'), host: n === 3 ? `${lab}.example:80` : (HOSTS[n % HOSTS.length] ?? ''), process: n % 4 === 0 ? '' : 'firefox', bytes: total, since: n === 41 ? null : at(-(n + 1) * 2 * MINUTE) };
  });
}

/** Subscriptions, the shortest first. */
export function subscriptions(): SubscriptionView[] {
  const day = (n: number) => at(n * DAY).slice(0, 10);
  const made = (account: string, name: string, more: Partial<SubscriptionView>): SubscriptionView => ({
    account, name, as_of: at(-7 * MINUTE), blind: null, used: null, total: null, remaining: null, today: null, today_estimated: false, expires_at: null, reset: null,
    left: { kind: 'no_estimate', least: null, most: null, said: say('还没有足够的读数来估计。', 'There are not enough readings for an estimate yet.') }, leak: null, feeds: [account], nodes: [], ...more,
  });
  const interval = { start: at(-26 * HOUR), end: at(-2 * HOUR), tolerance: gib(0.64), coverage: { value: '100', unit: 'percent' } };
  return [
    made('airport-b', 'Nightjar Cloud', {
      used: gib(91.4), total: gib(100), remaining: gib(8.6), today: gib(2.31), expires_at: at(9 * DAY),
      left: { kind: 'range', least: 3, most: 5, said: say('按近几周的用量还能用 3 至 5 天，早于 9 天后的到期。', 'At the rates of the last weeks it lasts 3 to 5 days, shorter than the 9 until it expires.') },
      nodes: [{ node: 'Los Angeles · IEPL', multiplier: '2', by: 'name' }, { node: 'Tokyo-7', multiplier: '0.5', by: 'user' }],
      leak: { ...interval, verdict: 'used_elsewhere', confirmed: true, billed: gib(5.9), ours: gib(2.31), difference: gib(3.59), said: say('平台多计了 3.59 GiB，超过容差：可能有别人在用这个订阅，或有设备没有统计。', 'The panel billed 3.59 GiB more than your devices sent, beyond the tolerance: others may use this subscription, or a device is not counted.') },
    }),
    made('airport-a', '主力机场', {
      used: gib(124.2), total: gib(200), remaining: gib(75.8), today: gib(9.87), today_estimated: true, expires_at: at(203 * DAY), reset: { day: 1, next: day(10), by: 'told' },
      left: { kind: 'until_reset', least: 14, most: 22, said: say('够用到 10 天后的重置。', 'Enough until it is counted anew in 10 days.') }, nodes: [{ node: '日本 02 [1.5x]', multiplier: '1.5', by: 'name' }],
      leak: { ...interval, verdict: 'agrees', confirmed: true, billed: gib(12.9), ours: gib(12.4), difference: gib(0.5), said: say('一致：相差 0.5 GiB，在容差之内。', 'It agrees: the difference of 0.5 GiB is within the tolerance.') },
    }),
    made('airport-c', '备用 Backup', {
      as_of: at(-9 * HOUR), used: gib(11), total: gib(50), remaining: gib(39),
      blind: say('自 9 小时前读不到：面板回答的是网页而不是订阅。请在浏览器里打开面板，更换订阅地址。', 'It cannot be read since 9 hours ago: the panel answers a page instead of the subscription. Open the panel in a browser and renew the address.'),
      leak: { ...interval, verdict: 'not_decidable', confirmed: false, coverage: { value: '71.4', unit: 'percent' }, billed: gib(1.1), ours: gib(0.7), difference: gib(0.4), said: say('无法判断：只有 71% 的时间全部设备都有统计。', 'Not decidable: every device was watched for only 71% of the time.') },
    }),
    made('airport-d', 'Everlasting', { used: gib(412), today: gib(0), left: { kind: 'unlimited', least: null, most: null, said: say('不限量。', 'It is unlimited.') } }),
  ];
}

/** What the first look at a subscription finds. */
export function foundSubscription(): MeterView[] {
  const meter = (id: string, name: string, kind: MeterView['kind'], remaining: Amount, limit: Amount | null): MeterView => ({
    account: 'new', meter: id, name, kind, outcome: 'known', reason: null, detail: null, used: null, limit, remaining, window: null, as_of: at(0), fetched_at: at(0), last_good: null, binary: true, targets: [], guards: [],
    account_name: '', level: null, state: 'unguarded', blind_since: null, as_of_source: 'fetch', lag_ms: null, forecast: null, simulated: false,
  });
  return [meter('traffic', '流量 traffic', 'traffic', gib(75.8), gib(200)), meter('expiry', '到期 expiry', 'renewal', { value: '203', unit: 'days' }, null)];
}
