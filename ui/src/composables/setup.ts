// The fields of something that is set up: as a person types them, and as the configuration has them. Secrets go one way
// only. Owns no page; pure; tested in setup.test.ts.
import type { FieldEntry } from '@/bindings/api';

type Plain = string | number | boolean | string[] | object | undefined;
/** Whatever has an id and fields. */
export type Item = { id: string } & Record<string, unknown>;
/** Secrets by vault item and field. */
export type Secrets = Record<string, Record<string, string>>;

/** The parts of a list as a person types it: one a line, or between commas. */
export function listOf(text: string): string[] {
  return text.split(/[,，;；\n]/).map((part) => part.trim()).filter((part) => part !== '');
}

/** What the fields show of an item; nothing of a secret. */
export function typedFrom(fields: FieldEntry[], item: Item | undefined): Record<string, string> {
  const shown = (field: FieldEntry): string => {
    const value = field.secret ? undefined : item?.[field.key];
    if (value === undefined || value === null) return item ? '' : (field.default ?? '');
    return Array.isArray(value) ? value.join(', ') : String(value as Plain);
  };
  return Object.fromEntries(fields.map((field) => [field.key, shown(field)]));
}

/** A number that is none stays text, so that the guard can say what is wrong with it. */
function valueOf(field: FieldEntry, text: string): string | number | string[] {
  if (field.form === 'list') return listOf(text);
  if (field.form === 'number' && /^\d+$/.test(text)) return Number(text);
  return text;
}

/** The vault item and field that a reference names; nothing where the secret stands elsewhere. */
function inVault(reference: unknown, key: string): { item: string; field: string } | undefined {
  const match = /^vault:([^/]+)(?:\/(.+))?$/.exec(typeof reference === 'string' ? reference : '');
  return match?.[1] === undefined ? undefined : { item: match[1], field: match[2] ?? key };
}

/**
 * The item with what was typed. A field that was emptied goes, a secret that is left empty stays, and so does whatever no
 * field shows. A typed secret goes to where its reference points, and to the item's own place in the vault where none does.
 */
export function itemWith<T extends Item>(base: T, fields: FieldEntry[], typed: Record<string, string>): { item: T; secrets: Secrets; flat: Record<string, string> } {
  const item: Item = { ...base };
  const secrets: Secrets = {};
  const flat: Record<string, string> = {};
  for (const field of fields) {
    const text = (typed[field.key] ?? '').trim();
    if (field.secret && text !== '') {
      const place = inVault(item[field.key], field.key) ?? { item: base.id, field: field.key };
      if (!inVault(item[field.key], field.key)) item[field.key] = `vault:${base.id}`;
      (secrets[place.item] ??= {})[place.field] = text;
      flat[field.key] = text;
    } else if (!field.secret && text !== '') {
      item[field.key] = valueOf(field, text);
    } else if (!field.secret) {
      delete item[field.key];
    }
  }
  return { item: item as T, secrets, flat };
}

/** Whether all that must be there is typed, or stored already. */
export function isComplete(fields: FieldEntry[], typed: Record<string, string>, base: Item | undefined): boolean {
  return fields.every((field) => !field.required || (typed[field.key] ?? '').trim() !== '' || (field.secret && typeof base?.[field.key] === 'string'));
}
