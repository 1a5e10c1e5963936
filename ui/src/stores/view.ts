// A view of the guard, kept: read once when a page needs it, patched and read anew by change batches, asleep while the
// window is hidden or no page uses it. Owns no page and no timer. Tested in stores.test.ts.
import { computed, onScopeDispose, reactive, ref, shallowRef, watch } from 'vue';
import type { ChangeEvent } from '@/bindings/api';
import { useVisible } from '@/composables/useVisible';
import { Refusal } from '@/link';
import { affected, type ViewName } from './affects';

/** How a view is read, and what an event says about it at once. */
export interface Source<T> {
  name: ViewName;
  read: () => Promise<T>;
  /** Which of the events that make such a view old are about this one; without: all of them. */
  about?: (event: ChangeEvent) => boolean;
  /** The view with the event's value in it; the same object when the event carries none. */
  patch?: (view: T, event: ChangeEvent) => T;
}

/** What the change flow needs of every view. */
export interface Kept {
  patch: (event: ChangeEvent) => void;
  /** Whether the event makes it old. */
  concerns: (event: ChangeEvent) => boolean;
  outdate: () => void;
  settle: () => void;
}

const kept = new Map<string, Kept>();
/** How many views of single pages there were. */
let pages = 0;

/** Every view that some page has asked for so far. */
export function keptViews(): Kept[] {
  return [...kept.values()];
}

/** A view that one page alone shows, such as that of one sub-account: followed at once, and gone with the page. */
export function pageView<T>(source: Source<T>) {
  pages += 1;
  const key = `${source.name}-${pages}`;
  const view = keepView(source, key);
  view.follow();
  onScopeDispose(() => kept.delete(key));
  return reactive(view);
}
/** The body of a pinia store over one view; `key` where there may be several of its name. */
export function keepView<T>(source: Source<T>, key: string = source.name) {
  const data = shallowRef<T>();
  const error = shallowRef<Refusal>();
  const reading = ref(false);
  const visible = useVisible();
  let users = 0;
  let old = true;

  async function read(): Promise<void> {
    if (reading.value) return;
    reading.value = true;
    old = false;
    try {
      data.value = await source.read();
      error.value = undefined;
    } catch (thrown) {
      error.value = Refusal.from(thrown);
    } finally {
      reading.value = false;
    }
    if (old && !error.value) settle();
  }

  /** Reads anew if it is old and somebody looks. */
  function settle(): void {
    if (old && users > 0 && visible.value) void read();
  }

  /** To be called once in the setup of what uses the view: reads it, and lets it go with its scope. */
  function follow(): void {
    users += 1;
    settle();
    onScopeDispose(() => {
      users -= 1;
    });
  }

  /** Begins with what is known already; it is read anew all the same. */
  function begin(known: T): void {
    data.value ??= known;
  }

  /** Reads anew now, whatever is known: after an error, or when a person asks. */
  async function reload(): Promise<void> {
    old = true;
    if (users > 0 && visible.value) await read();
  }

  watch(visible, settle);
  kept.set(key, {
    concerns(event) {
      const names = affected(event);
      return names === 'all' || (names.includes(source.name) && (source.about?.(event) ?? true));
    },
    patch(event) {
      if (data.value !== undefined && source.patch) data.value = source.patch(data.value, event);
    },
    outdate() {
      old = true;
    },
    settle,
  });

  return {
    data,
    error,
    reading,
    /** Nothing is known yet and it is being read. */
    loading: computed(() => data.value === undefined && error.value === undefined),
    begin,
    follow,
    reload,
  };
}
