// The catalogue as the wizard offers it: providers by kind and name, and the fields of an account. Pure; tested in
// offers.test.ts.
import type { FieldEntry, ProviderEntry } from '@/bindings/api';

/** Kinds of services, in the order they are offered. */
export const CATEGORIES = ['ai', 'gateway', 'data', 'cloud', 'network'] as const;

/** The providers of a kind (`all`: every one) in whose name or id a word stands. */
export function offered(providers: ProviderEntry[], word: string, category: string): ProviderEntry[] {
  const wanted = word.trim().toLowerCase();
  return providers.filter((entry) => (category === 'all' || entry.category === category) && `${entry.name} ${entry.id}`.toLowerCase().includes(wanted));
}

/** Whether it has servers to stop: then it tells which rights that takes. The others only tell balances. */
export function hasServers(entry: ProviderEntry | undefined): boolean {
  return (entry?.policies.length ?? 0) > 0;
}

/** Accounts that count proxy traffic: they have a page of their own, and no balance. */
const TRAFFIC = new Set(['proxy', 'subscription']);

/** Whether it tells proxy traffic: a kernel, or a subscription. */
export function isTraffic(provider: string): boolean {
  return TRAFFIC.has(provider);
}

/** Whether it can do without a key: then how it is reached is asked first. */
export function isKeyless(entry: ProviderEntry | undefined): boolean {
  return entry !== undefined && !entry.fields.some((field) => field.secret && field.required);
}

/** Whether a field is a consent, which is ticked and not typed. */
export function isConsent(field: FieldEntry): boolean {
  return field.choices.length === 1 && field.choices[0] === 'yes';
}

/** What the fields begin with. */
export function beginnings(fields: FieldEntry[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field.key, field.default ?? '']));
}

/** What is filled in of secrets, or of the others. */
export function filled(fields: FieldEntry[], typed: Record<string, string>, secret: boolean): Record<string, string> {
  const of = (field: FieldEntry) => (typed[field.key] ?? '').trim();
  return Object.fromEntries(fields.filter((field) => field.secret === secret && of(field) !== '').map((field) => [field.key, of(field)]));
}
