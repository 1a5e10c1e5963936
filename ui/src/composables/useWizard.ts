// The first run as a row of steps over one draft of an account. Nothing is stored before `keep`; keys live here only until
// then, and are cleared with the page. Tested in wizard.test.ts.
import { computed, inject, provide, reactive, ref, shallowRef, type InjectionKey } from 'vue';
import type { AccountItem, CatalogueView, GuardItem, MeterView, TemplateEntry, TriedView } from '@/bindings/api';
import { suggested, thresholdUnit, withThreshold } from '@/composables/balances';
import { freeId, slug } from '@/composables/ids';
import { language } from '@/composables/useLanguage';
import { beginnings, filled, hasServers } from '@/composables/offers';
import { useRun } from '@/composables/useRun';
import { ask } from '@/link';

const STEPS = ['hello', 'provider', 'policy', 'keys', 'found', 'guard', 'channel', 'done'] as const;
export type Step = (typeof STEPS)[number];

/** Percent of a limit that is spent, where nothing better is known. */
const USUAL_SHARE = '80';
/** Days before an end, where nothing better is known. */
const USUAL_DAYS = '7';

function beginThreshold(meter: MeterView): string {
  if (thresholdUnit(meter) === '%') return USUAL_SHARE;
  if (meter.kind === 'renewal') return USUAL_DAYS;
  return meter.remaining ? suggested(meter.remaining) : '';
}

export function useWizard() {
  const step = ref<Step>('hello');
  const catalogue = shallowRef<CatalogueView>();
  const form = reactive({ provider: 'huawei', name: '', site: 'auto', endpoint: '', fields: {} as Record<string, string> });
  const tried = shallowRef<TriedView>();
  const template = shallowRef<TemplateEntry>();
  const contract = ref('');
  const taken = ref<string[]>([]);
  const reading = useRun();
  const trying = useRun();
  const drafting = useRun();
  const keeping = useRun();
  /** What is typed below each balance that was found, by its meter. */
  const thresholds = reactive<Record<string, string>>({});
  let ids = { account: '', guard: '' };

  const provider = computed(() => catalogue.value?.providers.find((entry) => entry.id === form.provider));
  /** Guards to begin with, of those for this provider's meters. */
  const templates = computed(() => (catalogue.value?.templates ?? []).filter((entry) => entry.provider === form.provider));
  const complete = computed(() => (provider.value?.fields ?? []).every((field) => !field.required || (form.fields[field.key] ?? '').trim() !== ''));
  const secrets = () => filled(provider.value?.fields ?? [], form.fields, true);
  /** A provider without servers has no policy to copy. */
  const steps = computed(() => STEPS.filter((one) => one !== 'policy' || hasServers(provider.value)));

  /** The step after, or before, this one. */
  function go(by: number): void {
    step.value = steps.value[steps.value.indexOf(step.value) + by] ?? 'hello';
  }

  /** Another provider: what was typed for the one before is gone. */
  function pick(id: string): void {
    forget();
    form.provider = id;
    form.fields = beginnings(provider.value?.fields ?? []);
    tried.value = undefined;
    template.value = undefined;
  }

  /** Reads what there is to add; a provider that was asked for is chosen at once. */
  async function begin(asked?: string): Promise<void> {
    const view = await reading.run(() => ask({ request: 'catalogue', lang: language() }));
    if (view) catalogue.value = view;
    if (view?.providers.some((entry) => entry.id === asked)) {
      pick(asked ?? '');
      step.value = 'provider';
    }
    const items = await ask({ request: 'items' }).catch(() => undefined);
    taken.value = [...(items?.account ?? []), ...(items?.guard ?? [])].map((item) => item.id);
  }

  function account(): AccountItem {
    const id = freeId(slug(form.name, form.provider), taken.value);
    const params = filled(provider.value?.fields ?? [], form.fields, false);
    ids = { account: id, guard: freeId(`${id}-traffic`, taken.value) };
    return {
      id, provider: form.provider, name: form.name.trim() || provider.value?.name || form.provider,
      ...(provider.value?.sites.length ? { site: form.site as AccountItem['site'] } : {}),
      ...(Object.keys(params).length > 0 ? { params } : {}),
      ...(form.endpoint.trim() === '' ? {} : { endpoint: form.endpoint.trim() }),
      secret: Object.fromEntries(Object.keys(secrets()).map((key) => [key, `vault:${id}`])),
    };
  }

  /** Asks the provider with the typed keys; stores nothing. */
  async function tryKeys(): Promise<void> {
    tried.value = undefined;
    const view = await trying.run(() => ask({ request: 'try_account', account: account(), secrets: secrets(), lang: language() }));
    if (!view) return;
    tried.value = view;
    if (!view.ok) return;
    for (const key of Object.keys(thresholds)) delete thresholds[key];
    for (const meter of view.meters) thresholds[meter.meter] = beginThreshold(meter);
    step.value = 'found';
  }

  function guard(meter = '*'): GuardItem | undefined {
    const chosen = template.value;
    return chosen && { ...chosen.guard, id: ids.guard, account: ids.account, meter };
  }

  /** The guards that are kept with the account: of the template where there are servers, else one for each threshold. */
  function guards(): GuardItem[] {
    if (hasServers(provider.value)) {
      const chosen = guard();
      return chosen ? [chosen] : [];
    }
    const named = new Set(taken.value);
    return (tried.value?.meters ?? []).flatMap((meter): GuardItem[] => {
      const unit = thresholdUnit(meter);
      const typed = (thresholds[meter.meter] ?? '').trim();
      if (!unit || typed === '') return [];
      const id = freeId(slug(`${ids.account}-${meter.meter}`, ids.account), [...named]);
      named.add(id);
      return [withThreshold({ id, account: ids.account, meter: meter.meter, action: 'warn' }, typed, unit)];
    });
  }

  /** What the template would do on the meters that were found, before anything is stored. */
  async function choose(entry: TemplateEntry | undefined): Promise<void> {
    template.value = entry;
    contract.value = '';
    // Of one that was found: the account itself is not known yet, and `*` would name nothing.
    const item = guard(tried.value?.meters[0]?.meter);
    if (!item) return;
    const view = await drafting.run(() => ask({ request: 'draft', items: { account: [account()], channel: [], guard: [item] }, remove: [], lang: language() }));
    contract.value = view?.contracts.map((one) => one.text).find((text) => text !== '') ?? '';
  }

  /** Stores account, keys and guard in one transaction, and asks for the first reading. */
  async function keep(): Promise<void> {
    const item = account();
    const added = guards();
    const kept = await keeping.run(() => ask({
      request: 'save', items: { account: [item], channel: [], guard: added }, remove: [], secrets: { [item.id]: secrets() },
    }));
    if (!kept) return;
    forget();
    step.value = 'channel';
    void ask({ request: 'check', accounts: [item.id], lang: language() }).catch(() => undefined);
  }

  /** The keys leave the window's memory. */
  function forget(): void {
    for (const key of Object.keys(form.fields)) form.fields[key] = '';
  }

  /** The first run is over. */
  const welcomed = () => ask({ request: 'save_settings', change: { welcomed: true } });

  return { step, steps, catalogue, templates, form, tried, template, contract, thresholds, next: () => go(1), back: () => go(-1), pick, provider, complete, reading, trying, drafting, keeping, begin, tryKeys, choose, keep, forget, welcomed };
}

export type Wizard = ReturnType<typeof useWizard>;

const KEY: InjectionKey<Wizard> = Symbol('wizard');

/** Begins a first run, for the steps below the calling component. */
export function beginWizard(): Wizard {
  const wizard = useWizard();
  provide(KEY, wizard);
  return wizard;
}

/** The first run that the page above began. */
export function theWizard(): Wizard {
  const wizard = inject(KEY);
  if (!wizard) throw new Error('no first run was begun');
  return wizard;
}
