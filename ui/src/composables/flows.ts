// What the proxy page says of flows beyond what the guard says: rows told apart by kind, shares, coverage, gaps. Bytes are
// added as whole numbers; what was not watched stays unknown. Pure; tested in flows.test.ts.
import type { Amount, BytesView, CoverageView, DeviceView, FlowKindsView, FlowLineView, FlowRowView, LeakView, LiveView, SaidView } from '@/bindings/api';
import { sharePercent, signOf, sumOf } from './decimal';

/** Kinds in the order in which they are shown; the words of the api. */
export const KINDS = ['proxy', 'direct', 'reject', 'unattributed'] as const;
export type FlowKind = (typeof KINDS)[number];
/** By what a person tells flows apart. */
export const SPLITS = ['device', 'node', 'group', 'feed', 'kind'] as const;
export type Split = (typeof SPLITS)[number];

const NONE: Amount = { value: '0', unit: 'bytes' };
const NOTHING: BytesView = { up: NONE, down: NONE, total: NONE, estimated: NONE };

/** Whole bytes as an amount. */
export const bytes = (n: number): Amount => ({ value: String(Math.trunc(n)), unit: 'bytes' });

function added(a: BytesView, b: BytesView): BytesView {
  const sum = (x: Amount, y: Amount) => sumOf(x, y) ?? x;
  return { up: sum(a.up, b.up), down: sum(a.down, b.down), total: sum(a.total, b.total), estimated: sum(a.estimated, b.estimated) };
}

/** All kinds together. */
export function wholeOf(kinds: FlowKindsView): BytesView {
  return KINDS.reduce((sum, kind) => added(sum, kinds[kind]), NOTHING);
}

/** One line of a table: everything of one name, and which parts of it went which way. */
export interface FlowGroup {
  key: string;
  bytes: BytesView;
  parts: { kind: FlowKind; bytes: BytesView }[];
}

function keyOf(row: FlowRowView, split: Split): string {
  return row[split] ?? '';
}

/** Rows that were told apart by a thing and by kind, as lines of that thing, the most bytes first. */
export function groupsOf(rows: FlowRowView[], split: Split): FlowGroup[] {
  const groups = new Map<string, FlowGroup>();
  for (const row of rows) {
    const key = keyOf(row, split);
    const group = groups.get(key) ?? { key, bytes: NOTHING, parts: [] };
    group.bytes = added(group.bytes, row.bytes);
    if (row.kind) group.parts.push({ kind: row.kind, bytes: row.bytes });
    groups.set(key, group);
  }
  const all = [...groups.values()];
  for (const group of all) group.parts.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  return all.sort((a, b) => more(b.bytes.total, a.bytes.total));
}

function more(a: Amount, b: Amount): number {
  const difference = BigInt(a.value) - BigInt(b.value);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Which part of some bytes was spread by estimate, in percent; nothing where none was. */
export function estimatedShare(of: BytesView): number | null {
  return signOf(of.estimated) === 0 ? null : sharePercent(of.estimated, of.total);
}

/** A share in percent as it is written: whole numbers, but never a full hundred or a nothing that is none. */
export function shareText(share: number): string {
  if (share > 0 && share < 1) return '<1%';
  if (share > 99 && share < 100) return '>99%';
  return `${Math.round(share)}%`;
}

/** How much of a span a device was watched, in percent; nothing while there was no time to watch. */
export function coverageOf(coverage: CoverageView): number | null {
  return coverage.of > 0 ? Math.min(100, (100 * coverage.watched) / coverage.of) : null;
}

/** Below this share of a span a device is named: what is missing is a minute or two of a day. */
const WELL_WATCHED = 99.8;

/** Devices that were not watched all the time, the least watched first. */
export function unwatched(coverage: CoverageView[]): CoverageView[] {
  const share = (one: CoverageView) => coverageOf(one) ?? 100;
  return coverage.filter((one) => share(one) < WELL_WATCHED).sort((a, b) => share(a) - share(b));
}

/** The whole of a view's rates: of the devices that tell theirs, and how many do. */
export function rateOf(live: LiveView, device?: string): { up: number | null; down: number | null; told: number; all: number } {
  const here = live.devices.filter((one) => one.state !== 'ended' && (device === undefined || one.device === device));
  const known = here.filter((one) => one.up_rate !== null && one.down_rate !== null);
  const sum = (of: 'up_rate' | 'down_rate') => (known.length === 0 ? null : known.reduce((whole, one) => whole + (one[of] ?? 0), 0));
  return { up: sum('up_rate'), down: sum('down_rate'), told: known.length, all: here.length };
}

/** The oldest instant of what the rates are made of. */
export function asOf(live: LiveView, device?: string): string | null {
  const told = live.devices.flatMap((one) => (one.up_rate !== null && one.as_of !== null && (device === undefined || one.device === device) ? [one.as_of] : []));
  return told.sort()[0] ?? null;
}

/** The spans of a line in which no device was watched. */
export function gapsOf(line: FlowLineView): { start: number; end: number }[] {
  const gaps: { start: number; end: number }[] = [];
  for (const point of line.points) {
    if (point.bytes) continue;
    const start = Date.parse(point.at);
    const end = start + line.step * 1000;
    const last = gaps.at(-1);
    if (last?.end === start) last.end = end;
    else gaps.push({ start, end });
  }
  return gaps;
}

/** The kinds of which a line has anything; proxy and direct always. */
export function kindsOf(line: FlowLineView): FlowKind[] {
  return KINDS.filter((kind) => kind === 'proxy' || kind === 'direct' || line.points.some((point) => point.bytes !== null && signOf(point.bytes[kind].total) > 0));
}

/** A sentence in the language that is shown. */
export function said(text: SaidView, locale: string): string {
  return locale === 'en' ? text.en : text['zh-CN'];
}

/** Names as a list of the language: `a, b and c`. */
export function listed(names: string[], locale: string): string {
  return new Intl.ListFormat(locale, { style: 'long', type: 'conjunction' }).format(names);
}

/** Whether an agent hands in what it counted, or its kernel is asked from here. */
export function isAgent(device: DeviceView): boolean {
  return device.account === null;
}

/** The day in a zone, `2026-11-21`; in that of this machine where the zone is not known to it. */
export function dayIn(zone: string | undefined, now: number): string {
  const how: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit' };
  let parts: Intl.DateTimeFormatPart[];
  try {
    parts = new Intl.DateTimeFormat('en', { ...how, timeZone: zone }).formatToParts(now);
  } catch {
    parts = new Intl.DateTimeFormat('en', how).formatToParts(now);
  }
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')}`;
}

const LEAK_MARKS: Record<string, string> = { agrees: 'calm', used_elsewhere: 'warning', counted_here: 'warning' };

/** The shape of a verdict; what could not be decided is blind. */
export function leakMark(leak: LeakView): string {
  return LEAK_MARKS[leak.verdict] ?? 'blind';
}
