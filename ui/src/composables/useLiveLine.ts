// What passed while a page is open, as the guard told it: a bounded row of samples that is kept nowhere else. Where nobody
// looked, the guard did not answer or no device told its rate, the line breaks. Tested in flows.test.ts.
import { shallowRef, watch, type ShallowRef } from 'vue';
import type { LiveView } from '@/bindings/api';
import { rateOf } from '@/composables/flows';
import { useVisible } from '@/composables/useVisible';
import { lostSince } from '@/stores/changes';

/** What the line shows at most: five minutes that are told every two seconds at most. */
export const LINE_MS = 300_000;
/** What it shows at first, so that a new line is no dot. */
const FIRST_MS = 60_000;
const SAMPLES = 200;

/** Bytes a second at an instant. `begins`: nothing is known of the time before it. */
export interface Sample {
  at: number;
  up: number;
  down: number;
  begins: boolean;
}

/** The samples that still stand in the line once this one came. */
export function withSample(line: Sample[], sample: Sample): Sample[] {
  const last = line.at(-1);
  if (last && sample.at <= last.at) return line;
  return [...line, sample].filter((one) => one.at > sample.at - LINE_MS).slice(-SAMPLES);
}

/** How long the picture of a line is. */
export function spanOf(line: Sample[]): number {
  return Math.min(LINE_MS, Math.max(FIRST_MS, (line.at(-1)?.at ?? 0) - (line[0]?.at ?? 0)));
}

/** The line of all devices, or of one, from now on. */
export function useLiveLine(live: () => LiveView | undefined, device?: string): Readonly<ShallowRef<Sample[]>> {
  const line = shallowRef<Sample[]>([]);
  const visible = useVisible();
  let broken = true;
  watch([visible, lostSince], () => {
    if (!visible.value || lostSince.value !== undefined) broken = true;
  }, { flush: 'sync' });
  watch(live, (view) => {
    if (!view) return;
    const { up, down } = rateOf(view, device);
    if (up === null || down === null) {
      broken = true;
      return;
    }
    line.value = withSample(line.value, { at: Date.parse(view.at), up, down, begins: broken });
    broken = false;
  }, { immediate: true });
  return line;
}
