// A chart as comma-separated values: exact, in the base unit, with the gaps named. Tested in chart.test.ts.
import type { ChartView } from '@/bindings/api';
import { amountOf } from '@/components/chartOption';

/** `time,remaining,unit,note`; a gap is a row without a value. */
export function csvOf(chart: ChartView): string {
  const rows = chart.points.at.map((at, n): [number, string, string] => [at, amountOf(chart, Number(chart.points.value[n])).value, '']);
  for (const gap of chart.gaps) rows.push([gap.start + 1, '', gap.reason]);
  rows.sort((a, b) => a[0] - b[0]);
  const lines = rows.map(([at, value, note]) => [new Date(at).toISOString(), value, chart.unit, note].map(field).join(','));
  return [`time,${chart.of},unit,note`, ...lines, ''].join('\r\n');
}

/** A field that a spreadsheet takes as text, never as a formula. */
function field(text: string): string {
  const safe = /^[=+@\t\r]/.test(text) || /^-\D/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
