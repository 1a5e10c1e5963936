// No text is kept that nothing shows: each key stands in a source, whole or as the part before a word that varies.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import en from './en';

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['i18n', 'bindings', 'mock', 'testing'].includes(entry.name) ? [] : sources(path);
    return /\.(vue|ts)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [readFileSync(path, 'utf8')] : [];
  });
}
function keys(node: unknown, path = ''): string[] {
  return typeof node === 'string' ? [path] : Object.entries(node as object).flatMap(([key, value]) => keys(value, path === '' ? key : `${path}.${key}`));
}

it('shows every text somewhere', () => {
  const text = sources('src').join('\n');
  // `t(`words.power.${word}`)` names all of words.power; `activity.${deed}.title` names that of each deed.
  const varied = [...text.matchAll(/`([a-z_]+(?:\.[a-z_]+|\.?\$\{[^}]+\})+)`/g)].map((match) => new RegExp(`^${(match[1] ?? '').replace(/\$\{[^}]+\}/g, '§').replaceAll('.', '\\.').replaceAll('§', '[^.]+')}$`));
  const unused = keys(en).filter((key) => !text.includes(`'${key}'`) && !varied.some((pattern) => pattern.test(key)));
  expect(unused).toEqual([]);
});
