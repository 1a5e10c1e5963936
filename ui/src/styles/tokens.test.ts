// Contrast of the tokens in both themes: 4.5 for text, 3 for lines and fills.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const css = readFileSync('src/styles/tokens.css', 'utf8');

const tokens = new Map([...css.matchAll(/--([\w-]+): (light-dark\((#\w{6}), (#\w{6})\)|var\(--([\w-]+)\));/g)].map((match) => [match[1] ?? '', match] as const));

function colour(name: string, theme: 'light' | 'dark'): string {
  const found = tokens.get(name);
  if (!found) throw new Error(`no token ${name}`);
  return found[5] ? colour(found[5], theme) : ((theme === 'light' ? found[3] : found[4]) ?? '');
}
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}
function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

const TEXT: [string, string][] = [
  ...['ground', 'raised', 'sunken'].flatMap((ground) => ['text', 'text-quiet'].map((text): [string, string] => [text, ground])),
  ...['accent', 'warning', 'critical', 'acting', 'blind'].flatMap((text) => [[text, 'ground'], [text, 'raised'], [text, `${text}-soft`]] as [string, string][]),
  ['on-accent', 'accent'], ['text', 'acting-soft'], ['text-quiet', 'acting-soft'],
];
const LINES: [string, string][] = ['calm-fill', 'warning-fill', 'critical-fill', 'acting-fill', 'blind-fill', 'line'].flatMap((line) => [[line, 'ground'], [line, 'raised']] as [string, string][]);

it.each(['light', 'dark'] as const)('text can be read in the %s theme', (theme) => {
  for (const [text, ground] of TEXT) expect([text, ground, contrast(colour(text, theme), colour(ground, theme)) >= 4.5]).toEqual([text, ground, true]);
});
it.each(['light', 'dark'] as const)('lines can be seen in the %s theme', (theme) => {
  for (const [line, ground] of LINES) expect([line, ground, contrast(colour(line, theme), colour(ground, theme)) >= 3]).toEqual([line, ground, true]);
});
