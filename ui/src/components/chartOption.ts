// What ECharts is told to draw of a chart view. Pure but for the colours of the theme; tested in chart.test.ts.
import type { EChartsCoreOption } from 'echarts/core';
import type { Amount, ChartPoints, ChartView, WhatIfView } from '@/bindings/api';
import { chartBase, stripes, token, tokenSoft } from '@/styles/charts';

/** How values, instants and words are written. */
export interface Words {
  amount: (amount: Amount) => string;
  instant: (at: number) => string;
  word: (key: string) => string;
}

type Dot = [number, number | null];

/** What ECharts gives a shape of ours: a value as a place on the screen. */
type Places = { coord: (value: number[]) => number[] };

/** Raw values as numbers to draw by; the text shown beside them stays exact. */
export function lineOf(points: ChartPoints, gaps: ChartView['gaps']): Dot[] {
  const dots: Dot[] = points.at.map((at, n) => [at, Number(points.value[n] ?? 0)]);
  for (const gap of gaps) {
    // The line breaks behind the last reading before a gap; nothing is drawn where nothing was read.
    const at = dots.findIndex(([t]) => t > gap.start);
    if (at > 0) dots.splice(at, 0, [gap.start + 1, null]);
  }
  return dots;
}

/** A raw value as an amount. */
export function amountOf(chart: ChartView, raw: number): Amount {
  const whole = BigInt(Math.round(raw)).toString();
  if (chart.scale === 0) return { value: whole, unit: chart.unit };
  const digits = whole.replace('-', '').padStart(chart.scale + 1, '0');
  const value = `${raw < 0 ? '-' : ''}${digits.slice(0, -chart.scale)}.${digits.slice(-chart.scale)}`;
  return { value, unit: chart.unit };
}

/** The value of the line at an instant: that of the last reading before it. */
export function valueAt(chart: ChartView, at: number): number {
  let found = Number(chart.points.value[0] ?? 0);
  chart.points.at.forEach((t, n) => {
    if (t <= at) found = Number(chart.points.value[n] ?? 0);
  });
  return found;
}

const SYMBOLS: Record<string, [string, string]> = {
  step: ['triangle', 'warning'], limit: ['diamond', 'critical'], blind: ['emptyCircle', 'blind'], planned: ['circle', 'acting'],
  ended: ['emptyRect', 'text-quiet'], stopped: ['rect', 'critical'], restored: ['arrow', 'calm'], renewed: ['roundRect', 'calm'], topped_up: ['pin', 'calm'],
};

function markers(chart: ChartView) {
  return chart.markers.map((marker) => {
    const [symbol, colour] = SYMBOLS[marker.kind] ?? ['circle', 'text-quiet'];
    return { name: marker.text, value: [marker.at, valueAt(chart, marker.at)], symbol, itemStyle: { color: token(colour) } };
  });
}

function levels(chart: ChartView) {
  const line = (at: string | null, text: string, colour: string, width: number, type: string, position: string) =>
    at === null ? [] : [{ yAxis: Number(at), label: { formatter: text, position, color: token('text-quiet') }, lineStyle: { color: token(colour), width, type } }];
  return [
    ...chart.steps.flatMap((step) => line(step.at, step.text, 'warning-fill', 1, 'dashed', 'end')),
    ...chart.limits.flatMap((limit) => line(limit.at, limit.text, 'critical-fill', 2, 'solid', 'insideStartTop')),
  ];
}

/** The highest that is drawn: everything that has a line, so that a limit is never outside of the picture. */
export function topOf(chart: ChartView): number {
  const lines = [...chart.points.value, ...chart.steps.map((step) => step.at), ...chart.limits.map((limit) => limit.at)];
  return lines.reduce((top, raw) => Math.max(top, raw === null ? 0 : Number(raw)), 0);
}

/** Between two lines of the ground: a round number of what people read, so that no label says 46.56 GiB. */
export function stepOf(chart: ChartView): number | undefined {
  const one = 10 ** chart.scale;
  return chart.unit === 'bytes' ? roundStep(topOf(chart) / one, chart.binary) * one : undefined;
}

/** About a fifth of so many bytes, as a round number of what people read. */
export function roundStep(top: number, binary: boolean): number {
  const base = binary ? 1024 : 1000;
  const fifth = Math.max(1, top / 5);
  const size = base ** Math.floor(Math.log(fifth) / Math.log(base));
  const round = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((n) => n * size >= fifth);
  return (round ?? base) * size;
}

/** The span between the early and the late line, as one shape. */
function bandSeries(chart: ChartView) {
  if (!chart.forecast) return [];
  const { early, likely, late } = chart.forecast;
  const corners = [...late.at.map((at, n): Dot => [at, Number(late.value[n])]), ...early.at.map((at, n): Dot => [at, Number(early.value[n])]).reverse()];
  return [
    {
      type: 'custom', silent: true, data: [corners[0] ?? [0, 0]], clip: true,
      renderItem: (_: unknown, api: Places) => ({
        type: 'polygon', shape: { points: corners.map(([at, value]) => api.coord([at, value ?? 0])) }, style: { fill: tokenSoft('calm-fill', 0.18) },
      }),
    },
    { type: 'line', silent: true, showSymbol: false, data: lineOf(likely, []), lineStyle: { type: 'dotted', width: 2, color: token('calm-fill') } },
  ];
}

/** How instants stand below a chart. */
export const TIMES = { year: '{yyyy}', month: '{yyyy}-{MM}', day: '{MM}-{dd}', hour: '{HH}:{mm}', minute: '{HH}:{mm}' };

/** The whole picture. */
export function chartOption(chart: ChartView, whatIf: WhatIfView | null, label: string, words: Words): EChartsCoreOption {
  const base = chartBase(label);
  const room = (chart.end - chart.start) / 4;
  const until = Math.min(Math.max(chart.end, ...(chart.forecast?.late.at ?? [])), chart.end + room);
  const acted = (whatIf?.acted ?? []).filter((act) => Date.parse(act.at) >= chart.start).map((act) => ({
    name: words.word(`would_${act.verdict}`), value: [Date.parse(act.at), valueAt(chart, Date.parse(act.at))],
    itemStyle: { color: token(act.verdict === 'false' ? 'warning' : 'acting') },
  }));
  return {
    ...base,
    // The steps are named beside the picture, where no line crosses the words.
    grid: { ...(base.grid as object), right: 48 },
    xAxis: { ...(base.xAxis as object), type: 'time', min: chart.start, max: until, splitLine: { show: false }, axisLabel: { color: token('text-quiet'), hideOverlap: true, formatter: TIMES } },
    yAxis: { ...(base.yAxis as object), type: 'value', min: (extent: { min: number }) => Math.min(0, extent.min * 1.05), interval: stepOf(chart), max: (extent: { max: number }) => Math.max(extent.max, topOf(chart)) * 1.05, axisLabel: { color: token('text-quiet'), showMaxLabel: false, formatter: (raw: number) => words.amount(amountOf(chart, raw)) } },
    tooltip: {
      ...(base.tooltip as object), axisPointer: { type: 'line' },
      formatter: (rows: { value: [number, number | null]; name: string; seriesType: string; seriesIndex: number }[]) => rows
        .filter((row) => row.seriesIndex === 0 || row.seriesType === 'scatter')
        .map((row) => `${words.instant(row.value[0])}\n${row.seriesType === 'scatter' ? escape(row.name) : row.value[1] === null ? '' : words.amount(amountOf(chart, row.value[1]))}`).join('\n'),
      extraCssText: 'white-space: pre-line',
    },
    series: [
      {
        type: 'line', name: chart.name, showSymbol: chart.points.at.length < 3, data: lineOf(chart.points, chart.gaps), connectNulls: false, step: false,
        lineStyle: { width: 2, color: token('calm-fill') }, itemStyle: { color: token('calm-fill') },
        markLine: { silent: true, symbol: 'none', data: levels(chart) },
        markArea: gapArea(chart.gaps),
      },
      ...bandSeries(chart),
      { type: 'scatter', symbolSize: 12, data: markers(chart) },
      { type: 'scatter', symbol: 'diamond', symbolSize: 16, data: acted },
    ],
  };
}

/** Where nothing was read: hatched, so that it is never taken for nothing. */
export function gapArea(gaps: { start: number; end: number }[]): Record<string, unknown> {
  return {
    silent: true, itemStyle: { color: stripes('blind-fill') },
    data: gaps.map((gap) => [{ xAxis: gap.start }, { xAxis: gap.end }]),
  };
}

/** A name of somebody else is data, never markup. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
