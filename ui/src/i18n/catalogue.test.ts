// Both languages say the same things, and each says them in its own letters.
import { expect, it } from 'vitest';
import en from './en';
import zh from './zh-CN';

function flat(node: unknown, path = ''): [string, string][] {
  if (typeof node === 'string') return [[path, node]];
  return Object.entries(node as Record<string, unknown>).flatMap(([key, value]) => flat(value, path === '' ? key : `${path}.${key}`));
}
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
/** Words that are the same in both languages. */
const SAME = new Set(['meter.csv', 'settings.language.zh-CN', 'settings.language.en', 'common.span.two', 'common.quoted']);

it('has equal keys in both languages', () => {
  expect(flat(zh).map(([key]) => key).sort()).toEqual(flat(en).map(([key]) => key).sort());
});

it('names the same values in both languages', () => {
  const other = new Map(flat(zh));
  for (const [key, text] of flat(en)) {
    expect([key, [...new Set(names(other.get(key) ?? ''))]]).toEqual([key, [...new Set(names(text))]]);
  }
});

it('leaves nothing untranslated', () => {
  const han = /\p{Script=Han}/u;
  for (const [key, text] of flat(en)) if (!SAME.has(key)) expect([key, han.test(text)]).toEqual([key, false]);
  for (const [key, text] of flat(zh)) if (!SAME.has(key) && text !== '') expect([key, han.test(text)]).toEqual([key, true]);
});
