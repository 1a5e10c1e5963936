// The body of a webhook as the guard would send it, for the preview while it is typed. The guard judges what is saved; here
// values are only put inside strings, so that none can leave its own. Pure; tested in setup.test.ts.

/** What may stand between two braces, in the order people look for it. */
export const PLACES = ['title', 'text', 'severity', 'code', 'account', 'meter', 'guard', 'target', 'step', 'at', 'id', 'repeat', 'footer', 'account_id', 'meter_id'] as const;

/** As it stands in a template. */
export const placed = (place: string): string => `{{${place}}}`;

/** What is sent where no template is written. */
export const DEFAULT_TEMPLATE = JSON.stringify(Object.fromEntries(['id', 'at', 'code', 'severity', 'repeat', 'account', 'meter', 'guard', 'title', 'text'].map((place) => [place, placed(place)])), null, 2);

/** The filled body, or what is in the way: no JSON, or a place that does not exist. */
export type Filled = { body: string } | { fault: 'json' } | { fault: 'place'; name: string };

export function fill(template: string, values: Record<string, string>): Filled {
  let parsed: unknown;
  try {
    parsed = JSON.parse(template.trim() === '' ? DEFAULT_TEMPLATE : template);
  } catch {
    return { fault: 'json' };
  }
  const unknown = [...JSON.stringify(parsed).matchAll(/\{\{\s*([^}]*?)\s*\}\}/g)].map((match) => match[1] ?? '').find((name) => !(PLACES as readonly string[]).includes(name));
  if (unknown !== undefined) return { fault: 'place', name: unknown };
  const put = (text: string) => text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => values[name] ?? '');
  return { body: JSON.stringify(parsed, (_, value: unknown) => (typeof value === 'string' ? put(value) : value), 2) };
}
