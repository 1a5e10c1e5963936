// Exact amounts. Values cross as decimal text in their base unit; everything shown is computed with whole numbers, cut
// towards less, so that nothing is ever shown as left that is not there. The rules are those of `meter::human`.
import type { Amount } from '@/bindings/api';

/** A decimal text as a whole number of 10^-scale. Throws on anything that is no plain decimal. */
export function scaled(text: string, scale: number): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new Error(`not a decimal: ${text}`);
  const fraction = (match[3] ?? '').padEnd(scale, '0').slice(0, scale);
  const raw = BigInt((match[2] ?? '0') + fraction);
  return match[1] === '-' ? -raw : raw;
}

/** Digits after the point that a unit keeps. */
const SCALE = 6;

/** A whole number of 10^-6 as a decimal text: all its digits, at least `least` of them after the point. */
function written(raw: bigint, least: number): string {
  const digits = String(raw < 0n ? -raw : raw).padStart(SCALE + 1, '0');
  const fraction = digits.slice(-SCALE).replace(/0+$/, '').padEnd(least, '0');
  return `${raw < 0n ? '-' : ''}${digits.slice(0, -SCALE)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The exact sum of two amounts of one unit; `null` where they have not the same. */
export function sumOf(a: Amount, b: Amount): Amount | null {
  if (a.unit !== b.unit) return null;
  return { value: written(scaled(a.value, SCALE) + scaled(b.value, SCALE), 0), unit: a.unit };
}

/** The amount on the other side of nothing. */
export function minus(amount: Amount): Amount {
  return { ...amount, value: amount.value.startsWith('-') ? amount.value.slice(1) : `-${amount.value}` };
}

/** Which side of nothing an amount is on: -1, 0 or 1. */
export function signOf(amount: Amount): number {
  const raw = scaled(amount.value, SCALE);
  return raw < 0n ? -1 : raw > 0n ? 1 : 0;
}

/** A positive amount as it is typed, at most six digits after the point, as plain decimal text; `null` for anything else. */
export function typedAmount(text: string): string | null {
  const match = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text.trim());
  return match && /[1-9]/.test(match[0]) ? match[0] : null;
}

/** `raw / size`, two digits after the point, cut towards less; trailing zeros go unless `fixed`. */
function hundredths(raw: bigint, size: bigint, fixed: boolean): string {
  let value = (raw * 100n) / size;
  if (raw < 0n && (raw * 100n) % size !== 0n) value -= 1n;
  const magnitude = value < 0n ? -value : value;
  const text = `${value < 0n ? '-' : ''}${magnitude / 100n}.${String(magnitude % 100n).padStart(2, '0')}`;
  return fixed ? text : text.replace(/\.?0+$/, '');
}

const ONE = 10n ** BigInt(SCALE);
/** Unit, its size, and from where it is used: packages are sold and remembered in GB, so TB begins at ten. */
const DECIMAL: [string, bigint, bigint][] = [
  ['TB', 10n ** 12n, 10n ** 13n],
  ['GB', 10n ** 9n, 10n ** 9n],
  ['MB', 10n ** 6n, 10n ** 6n],
  ['KB', 10n ** 3n, 10n ** 3n],
  ['B', 1n, 0n],
];
const BINARY: [string, bigint, bigint][] = [
  ['TiB', 1n << 40n, 10n << 40n],
  ['GiB', 1n << 30n, 1n << 30n],
  ['MiB', 1n << 20n, 1n << 20n],
  ['KiB', 1n << 10n, 1n << 10n],
  ['B', 1n, 0n],
];
const SYMBOL: Record<string, string> = { CNY: '¥', USD: '$' };

/** An amount in parts: the number and its unit, and whether the unit stands first. */
export type Parts = { number: string; unit: string; before: boolean };

/** An amount as people read it. `binary`: whether people count these bytes in GiB. Credits and days get their word from the language. */
export function parts(amount: Amount, binary: boolean): Parts {
  const raw = scaled(amount.value, SCALE);
  switch (amount.unit) {
    case 'bytes': {
      const whole = raw / ONE;
      const magnitude = whole < 0n ? -whole : whole;
      const found = (binary ? BINARY : DECIMAL).find(([, , from]) => magnitude >= from);
      const [unit, size] = found ?? ['B', 1n];
      return { number: hundredths(whole, size, false), unit, before: false };
    }
    case 'days':
      return { number: String(raw / ONE), unit: 'days', before: false };
    case 'credits':
      return { number: hundredths(raw, ONE, false), unit: 'credits', before: false };
    case 'percent':
      return { number: hundredths(raw, ONE, false), unit: '%', before: false };
    default:
      return { number: hundredths(raw, ONE, true), unit: SYMBOL[amount.unit] ?? amount.unit, before: true };
  }
}

/** An amount in parts with every digit that it has: money with two digits at least. Bytes have no such form. */
export function exactParts(amount: Amount): Parts {
  const short = parts(amount, false);
  return amount.unit === 'bytes' ? short : { ...short, number: written(scaled(amount.value, SCALE), short.before ? 2 : 0) };
}

/** `part / whole` as a share of 0 to 100 with two digits, for drawing; `null` when it has none. */
export function sharePercent(part: Amount | null, whole: Amount | null): number | null {
  if (!part || !whole || part.unit !== whole.unit) return null;
  const size = scaled(whole.value, SCALE);
  if (size <= 0n) return null;
  const share = Number((scaled(part.value, SCALE) * 10_000n) / size) / 100;
  return Math.min(100, Math.max(0, share));
}

/** Compares two amounts of one unit. */
export function compare(a: Amount, b: Amount): number {
  const difference = scaled(a.value, SCALE) - scaled(b.value, SCALE);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const SIZES: Record<string, bigint> = Object.fromEntries([...DECIMAL, ...BINARY].map(([name, size]) => [name, size]));

/** An amount of a guard's text form, `20 GB` or `70%`; `null` for anything else, such as `2d`. */
export function parseAmount(text: string, unit: string): Amount | null {
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (share) return { value: share[1] ?? '0', unit: 'percent' };
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)?$/.exec(text);
  if (!match) return null;
  const number = match[1] ?? '0';
  const size = SIZES[match[2] ?? ''];
  if (unit === 'bytes' && size !== undefined) {
    return { value: String((scaled(number, SCALE) * size) / ONE), unit };
  }
  return unit !== 'bytes' && (!match[2] || match[2] === unit || unit === 'credits') ? { value: number, unit } : null;
}
