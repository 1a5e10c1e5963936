// The change flow: each batch is applied at once, and every view it makes old is read anew, once. A lost batch, a new
// connection and a change of language make everything old. No timer, no polling. Tested in stores.test.ts.
import { ref, shallowRef, watch } from 'vue';
import type { ChangeBatch } from '@/bindings/api';
import { useVisible } from '@/composables/useVisible';
import { i18n } from '@/i18n';
import { theLink, type LinkState } from '@/link';
import { keptViews } from './view';

/** Since when the guard does not answer; undefined while it does. */
export const lostSince = ref<string>();
/** The newest batch, for what shows more than the stores keep. */
export const lastBatch = shallowRef<ChangeBatch>();
let seen: number | undefined;

/** Makes everything old that is kept. */
export function everythingIsOld(): void {
  for (const view of keptViews()) view.outdate();
  for (const view of keptViews()) view.settle();
}

/** Applies one batch. */
export function applyBatch(batch: ChangeBatch): void {
  const gap = seen !== undefined && batch.seq !== seen + 1;
  seen = batch.seq;
  if (gap) {
    everythingIsOld();
  } else {
    for (const event of batch.events) {
      for (const view of keptViews()) view.patch(event);
    }
    const views = keptViews().filter((view) => batch.events.some((event) => view.concerns(event)));
    for (const view of views) view.outdate();
    for (const view of views) view.settle();
  }
  lastBatch.value = batch;
}

/** What the link says about itself. */
export function applyLink(state: LinkState): void {
  if (state.state === 'disconnected') {
    lostSince.value ??= new Date().toISOString();
    return;
  }
  lostSince.value = undefined;
  seen = undefined;
  everythingIsOld();
}

/** Listens from now on; once per start of the window. */
export async function followChanges(): Promise<void> {
  const link = theLink();
  await link.onChanges(applyBatch);
  await link.onLink(applyLink);
  const visible = useVisible();
  watch(visible, (now) => void link.seen(now), { immediate: !visible.value });
  const state = await link.linkState();
  if (state.state === 'disconnected') applyLink(state);
}

// Sentences come from the guard in the language that was asked for.
watch(() => i18n.global.locale.value, everythingIsOld);
