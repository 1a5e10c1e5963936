// The chart and the what-if of the made-up world.
import type { ChartPoints, ChartView, MarkerView, MeterView, WhatIfView } from '@/bindings/api';
import { scaled } from '@/composables/decimal';
import { at, DAY, HOUR } from './clock';
import { history } from './records';

const RAW_DIGITS: Record<string, number> = { bytes: 0, days: 0, percent: 4 };

/** A meter's chart with everything on it. */
export function chart(meter: MeterView, start: string, end: string, points: number, lang: 'zh-CN' | 'en'): ChartView {
  const zh = lang === 'zh-CN';
  const unit = meter.remaining?.unit ?? meter.last_good?.remaining?.unit ?? 'bytes';
  const scale = RAW_DIGITS[unit] ?? 6;
  const raw = (value: string) => String(scaled(value, scale));
  const rows = history(meter, start, end, points);
  const guard = meter.guards[0];
  const left = meter.remaining?.value;
  const from = Date.parse(meter.as_of ?? at(-HOUR));
  const line = (until: string | null): ChartPoints => ({ at: [from, until ? Date.parse(until) : from + 3 * DAY], value: [raw(left ?? '0'), until ? '0' : raw(left ?? '0')] });
  const forecast = meter.forecast?.forecast === 'known' && left ? { early: line(meter.forecast.early), likely: line(meter.forecast.likely), late: line(meter.forecast.late) } : null;
  const markers: MarkerView[] = [
    { at: Date.parse(at(-30 * DAY)), kind: 'renewed', id: null, text: zh ? '流量包续订' : 'package renewed' },
    { at: Date.parse(at(-20 * HOUR)), kind: 'step', id: null, text: zh ? '已用 70%' : '70% used' },
    { at: Date.parse(at(-5 * HOUR)), kind: 'stopped', id: null, text: zh ? '已确认停止' : 'stopped, verified' },
  ];
  const within = (t: number) => t >= Date.parse(start) && t <= Date.parse(end);
  return {
    account: meter.account, meter: meter.meter, name: meter.name, unit, scale, binary: meter.binary, start: Date.parse(start), end: Date.parse(end), of: 'remaining',
    points: { at: rows.map((row) => Date.parse(row.as_of)), value: rows.map((row) => raw(row.remaining?.value ?? '0')) },
    gaps: [
      { start: Date.parse(at(-9 * HOUR)), end: Date.parse(at(-7.5 * HOUR)), reason: 'asleep', text: zh ? '机器休眠' : 'the machine slept' },
      { start: Date.parse(at(-3.4 * DAY)), end: Date.parse(at(-3 * DAY)), reason: 'transient', text: zh ? '网络或平台故障' : 'network or provider fault' },
    ].filter((gap) => within(gap.end)),
    windows: meter.window ? [{ start: Date.parse(meter.window.start), end: meter.window.end ? Date.parse(meter.window.end) : null, limit: meter.limit && raw(meter.limit.value) }] : [],
    steps: (guard?.steps ?? []).map((step) => ({ guard: guard?.id ?? '', text: step.text, at: step.at && raw(step.at.value) })),
    limits: guard?.limit ? [{ guard: guard.id, text: guard.limit.text, at: guard.limit.at && raw(guard.limit.at.value), predictive: false }] : [],
    forecast, markers: markers.filter((marker) => within(marker.at)), simulated: meter.simulated,
  };
}

/** What a draft would have done: a lower line acts less often. */
export function whatIf(meter: MeterView, limit: string | undefined, days: number, lang: 'zh-CN' | 'en'): WhatIfView {
  const zh = lang === 'zh-CN';
  const gigabytes = Number(/[\d.]+/.exec(limit ?? '')?.[0] ?? 0);
  const stops = Math.min(3, Math.ceil(gigabytes / 8));
  const falseStops = gigabytes > 20 ? 1 : 0;
  const acted = Array.from({ length: stops }, (_, n) => ({ at: at(-(n + 1) * Math.min(days, 90) / 4 * DAY), remaining: meter.remaining, lead: 7 * 3600, verdict: n < falseStops ? 'false' as const : 'saved' as const }));
  return {
    readings: 8640, from: at(-days * DAY), to: at(0), false_stops: falseStops, missed: stops === 0 ? 1 : 0, cut: false, acted,
    warned: [{ at: at(-days * DAY / 3), step: '70%', remaining: meter.limit, lead: 40 * 3600 }],
    verdict: zh ? `会停止 ${stops} 次，其中 ${falseStops} 次没有必要。` : `Would have stopped ${stops} ×, ${falseStops} false.`,
    contract: meter.guards[0]?.contract ?? '',
  };
}
