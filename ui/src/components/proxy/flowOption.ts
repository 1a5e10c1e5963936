// What ECharts is told to draw of flows over time. Pure but for the colours of the theme; tested in flows.test.ts.
import type { EChartsCoreOption } from 'echarts/core';
import type { Amount, FlowLineView } from '@/bindings/api';
import { gapArea, roundStep, TIMES } from '@/components/chartOption';
import { bytes, gapsOf, kindsOf, wholeOf, type FlowKind } from '@/composables/flows';
import { chartBase, token, tokenSoft } from '@/styles/charts';

/** How values, instants and words are written. */
export interface Words {
  amount: (amount: Amount) => string;
  instant: (at: number) => string;
  word: (kind: FlowKind) => string;
  gap: string;
}

const COLOURS: Record<FlowKind, string> = { proxy: 'calm-fill', direct: 'line', reject: 'critical-fill', unattributed: 'blind-fill' };
const DECALS: Record<FlowKind, object> = {
  proxy: { symbol: 'none' },
  direct: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -0.8 },
  reject: { symbol: 'rect', dashArrayX: [2, 4], dashArrayY: [1, 0], rotation: 0 },
  unattributed: { symbol: 'circle', symbolSize: 0.6, dashArrayX: [2, 4], dashArrayY: [2, 4] },
};

/** The steps of one kind, each by its two ends: a number to draw by, or null where no device was watched. */
export function dotsOf(line: FlowLineView, kind: FlowKind): [number, number | null][] {
  return line.points.flatMap((point) => {
    const start = Date.parse(point.at);
    const value = point.bytes ? Number(point.bytes[kind].total.value) : null;
    return [[start, value], [start + line.step * 1000, value]] as [number, number | null][];
  });
}

/** The whole picture. */
export function flowOption(line: FlowLineView, label: string, words: Words): EChartsCoreOption {
  const base = chartBase(label);
  const start = Date.parse(line.points[0]?.at ?? '');
  const end = Date.parse(line.points.at(-1)?.at ?? '') + line.step * 1000;
  const top = Math.max(1, ...line.points.map((point) => (point.bytes ? Number(wholeOf(point.bytes).total.value) : 0)));
  const interval = roundStep(top, true);
  const kinds = kindsOf(line);
  return {
    ...base,
    xAxis: { ...(base.xAxis as object), type: 'time', min: start, max: end, splitLine: { show: false }, axisLabel: { color: token('text-quiet'), hideOverlap: true, formatter: TIMES } },
    yAxis: { ...(base.yAxis as object), type: 'value', min: 0, max: Math.ceil(top / interval) * interval, interval, axisLabel: { color: token('text-quiet'), formatter: (value: number) => words.amount(bytes(value)) } },
    tooltip: {
      ...(base.tooltip as object), axisPointer: { type: 'line' }, extraCssText: 'white-space: pre-line',
      formatter: (rows: { dataIndex: number }[]) => {
        const point = line.points[Math.floor((rows[0]?.dataIndex ?? -1) / 2)];
        if (!point) return '';
        const from = Date.parse(point.at);
        const when = `${words.instant(from)} – ${words.instant(from + line.step * 1000)}`;
        const of = point.bytes;
        return [when, ...(of ? kinds.map((kind) => `${words.word(kind)} ${words.amount(of[kind].total)}`) : [words.gap])].join('\n');
      },
    },
    series: kinds.map((kind, n) => ({
      type: 'line', name: words.word(kind), stack: 'whole', showSymbol: false, connectNulls: false, data: dotsOf(line, kind),
      lineStyle: { width: kind === 'proxy' ? 1.5 : 1, color: token(COLOURS[kind]) }, itemStyle: { color: token(COLOURS[kind]), decal: { ...DECALS[kind], color: tokenSoft('ground', 0.55) } },
      areaStyle: { color: tokenSoft(COLOURS[kind], kind === 'proxy' ? 0.45 : 0.32) },
      ...(n === 0 ? { markArea: gapArea(gapsOf(line)) } : {}),
    })),
  };
}
