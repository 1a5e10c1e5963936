// Flows of the made-up world: who sent what through which node, today and over time, with a night in which nobody watched.
import type { BytesView, CoverageView, FlowBy, FlowKindsView, FlowLineView, FlowRowView, FlowsView, Request } from '@/bindings/api';
import { at, DAY, dice, HOUR, MINUTE } from './clock';

type Kind = 'proxy' | 'direct' | 'reject' | 'unattributed';
const MIB = 1 << 20;
/** A name that somebody chose to be taken for markup: that of one device and its node in the world `hostile`. */
export const HOSTILE = '<img src=x onerror=alert(1)>';
/** Where that name stands. */
const LAB = 'lab';

/** What passed today: device, node, group, feed, kind, MiB up, MiB down, part that is an estimate. */
const TODAY: [string, string, string, string, Kind, number, number, number][] = [
  ['desk', '香港 01', '节点选择', 'airport-a', 'proxy', 212, 3911, 0.02],
  ['desk', '日本 02 [1.5x]', '流媒体', 'airport-a', 'proxy', 96, 2874, 0.04],
  ['desk', 'Los Angeles · IEPL', 'AI', 'airport-b', 'proxy', 141, 402, 0.31],
  ['desk', 'DIRECT', '国内直连', '', 'direct', 318, 2210, 0],
  ['desk', 'REJECT', '广告拦截', '', 'reject', 1.2, 0, 0],
  ['desk', '', '', '', 'unattributed', 2, 61, 0],
  ['router', '香港 01', '节点选择', 'airport-a', 'proxy', 150, 1730, 0.05],
  ['router', '新加坡 03', '节点选择', 'airport-a', 'proxy', 88, 1210, 0.01],
  ['router', 'Tokyo-7', 'Netflix', 'airport-b', 'proxy', 31, 988, 0],
  ['router', 'direct', 'direct', '', 'direct', 402, 3120, 0.03],
  ['router', '', '', '', 'unattributed', 0.4, 8, 0],
  ['laptop', '香港 01', '节点选择', 'airport-a', 'proxy', 44, 512, 0],
  ['laptop', 'DIRECT', '国内直连', '', 'direct', 61, 340, 0],
  [LAB, LAB, LAB, 'airport-b', 'proxy', 12, 96, 0],
  [LAB, 'block', 'block', '', 'reject', 0.3, 0, 0],
];

export interface Known {
  device: string;
  name: string;
  /** Seconds of today. */
  watched: number;
  of: number;
}

const amount = (n: number) => ({ value: String(Math.round(n)), unit: 'bytes' });
const view = (up: number, down: number, estimated: number): BytesView => ({ up: amount(up), down: amount(down), total: { value: String(Math.round(up) + Math.round(down)), unit: 'bytes' }, estimated: amount(estimated) });

interface Row { keys: Record<'device' | 'node' | 'group' | 'feed' | 'kind', string>; up: number; down: number; estimated: number }

/** What passed in so many days, of one device or of all. */
function rowsOf(days: number, device: string | null, lab: string): Row[] {
  const times = days === 1 ? 1 : days * 0.87;
  return TODAY.filter(([of]) => device === null || of === device).map(([of, node, group, feed, kind, up, down, part]) => ({
    keys: { device: of, node: node === LAB ? lab : node, group: group === LAB ? lab : group, feed, kind }, up: up * MIB * times, down: down * MIB * times, estimated: (up + down) * MIB * times * part,
  }));
}

/** All of some rows, by what became of them. */
function kindsOf(rows: Row[]): FlowKindsView {
  const of = (kind: Kind) => {
    const own = rows.filter((row) => row.keys.kind === kind);
    const sum = (field: 'up' | 'down' | 'estimated') => own.reduce((all, row) => all + row[field], 0);
    return view(sum('up'), sum('down'), sum('estimated'));
  };
  return { proxy: of('proxy'), direct: of('direct'), reject: of('reject'), unattributed: of('unattributed') };
}

/** What passed today on a device. */
export const todayOf = (device: string): FlowKindsView => kindsOf(rowsOf(1, device, LAB));

function toldApart(rows: Row[], by: FlowBy[]): FlowRowView[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = by.map((one) => (one === 'day' ? '' : row.keys[one])).join('\n');
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const sum = (own: Row[], field: 'up' | 'down' | 'estimated') => own.reduce((all, row) => all + row[field], 0);
  const key = (own: Row[], one: 'device' | 'node' | 'group' | 'feed' | 'kind') => (by.includes(one) ? (own[0]?.keys[one] ?? null) : null);
  return [...groups.values()].map((own): FlowRowView => ({
    device: key(own, 'device'), node: key(own, 'node'), group: key(own, 'group'), feed: key(own, 'feed'), kind: key(own, 'kind') as FlowRowView['kind'], day: null,
    bytes: view(sum(own, 'up'), sum(own, 'down'), sum(own, 'estimated')),
  })).sort((a, b) => Number(b.bytes.total.value) - Number(a.bytes.total.value));
}

/** The answer to what passed in some days. */
export function flows(asked: Extract<Request, { request: 'flows' }>, known: Known[]): FlowsView {
  const lab = known.find((one) => one.device === LAB)?.name ?? LAB;
  const days = Math.round((Date.parse(asked.through) - Date.parse(asked.from)) / DAY) + 1;
  const rows = rowsOf(days, asked.device ?? null, lab);
  const all = toldApart(rows, asked.by);
  const cut = all.slice(asked.limit);
  const coverage = known.filter((one) => !asked.device || one.device === asked.device).map((one): CoverageView => ({ device: one.device, name: one.name, watched: one.watched + Math.round((days - 1) * 86_400 * 0.97), of: one.of + (days - 1) * 86_400 }));
  const sum = (field: 'up' | 'down' | 'estimated') => cut.reduce((whole, row) => whole + Number(row.bytes[field].value), 0);
  return {
    zone: 'Asia/Shanghai', from: asked.from, through: asked.through, sum: kindsOf(rows), rows: all.slice(0, asked.limit),
    rest: cut.length > 0 ? { rows: cut.length, bytes: view(sum('up'), sum('down'), sum('estimated')) } : null, coverage,
  };
}

/** The answer to what passed over time: steps of a minute, ten minutes or a day, two of them in the dark. */
export function line(asked: Extract<Request, { request: 'flow_line' }>): FlowLineView {
  const span = Date.parse(asked.end) - Date.parse(asked.start);
  const step = span <= 2 * HOUR ? MINUTE : span <= 2 * DAY ? 10 * MINUTE : DAY;
  const count = Math.floor(span / step);
  const roll = dice(count);
  const share = asked.device ? 0.4 : 1;
  const dark = (n: number) => (n > count * 0.42 && n < count * 0.5) || n === Math.floor(count * 0.8);
  const start = Math.floor((Date.parse(asked.end) - count * step) / step) * step;
  const points = Array.from({ length: count }, (_, n) => {
    const wave = 0.35 + 0.65 * Math.sin((Math.PI * ((n * 1.7) % count)) / count) ** 2 + roll() * 0.5;
    const mib = (step / MINUTE) * (step === DAY ? 8 : 14) * wave * share * MIB;
    const rows: Row[] = ([['proxy', 0.62], ['direct', 0.34], ['unattributed', 0.012]] as const).map(([kind, part]) => ({
      keys: { device: '', node: '', group: '', feed: '', kind }, up: mib * part * 0.08, down: mib * part * (0.7 + roll() * 0.5), estimated: 0,
    }));
    return { at: new Date(start + n * step).toISOString(), bytes: dark(n) ? null : kindsOf(rows) };
  });
  return { step: step / 1000, points };
}

/** When the made-up world was begun. */
export const BEGUN = at(-62 * DAY);
