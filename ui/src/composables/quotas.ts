// What a page says of a sub-account beyond what the guard says: its bar, the unit of its ledger, which changes are about
// it. Pure, exact until the bar's last step; decides nothing. Tested in quotas.test.ts.
import type { Amount, ChangeEvent, QuotaView } from '@/bindings/api';
import { compare, minus, parseAmount, sharePercent, signOf, sumOf } from './decimal';
import type { Level } from './useLevel';

const WHOLE: Amount = { value: '100', unit: 'percent' };
/** What a ledger begins in where nothing tells its currency: that of the one cloud with sub-accounts. */
const FIRST_UNIT = 'CNY';

/** The bar of a sub-account: what is left of what was granted. None without a quota, or while its spending is not known. */
export function quotaLevel(quota: QuotaView): Level | null {
  const left = sharePercent(quota.left, quota.granted);
  if (left === null) return null;
  const steps = quota.rules.steps_in_force.flatMap((text) => {
    const step = parseAmount(text, 'percent');
    const rest = step && sumOf(WHOLE, minus(step));
    const at = rest && signOf(rest) >= 0 ? sharePercent(rest, WHOLE) : null;
    return at === null || !step ? [] : [{ at, text, crossed: quota.share !== null && compare(quota.share, step) >= 0 }];
  });
  return { left, surely: null, even: null, steps, limit: quota.rules.disable ? { at: 0, text: '100%' } : null };
}

/** The currency of its ledger. */
export function unitOf(quota: QuotaView): string {
  return (quota.granted ?? quota.spent)?.unit ?? FIRST_UNIT;
}

/** What an entry would come to: the total, and whether it is below nothing or below what is spent. */
export function totalAfter(quota: QuotaView, amount: Amount): { total: Amount; underflow: boolean; belowSpent: boolean } | null {
  const total = sumOf(quota.granted ?? { value: '0', unit: amount.unit }, amount);
  if (!total) return null;
  const { spent } = quota;
  return { total, underflow: signOf(total) < 0, belowSpent: spent !== null && spent.unit === total.unit && compare(total, spent) < 0 };
}

/** Whether a change may be about an account: what names none may be. */
export function aboutAccount(event: ChangeEvent, account: string): boolean {
  return !('account' in event) || event.account === account;
}

function userOf(event: ChangeEvent): string | null {
  if ('target' in event) return typeof event.target === 'string' ? event.target : event.target.id;
  return 'user' in event ? event.user : null;
}

/** Whether a change may be about a sub-account; `meter`: what measures it, once that is known. */
export function aboutUser(event: ChangeEvent, account: string, user: string, meter?: string): boolean {
  const measured = meter !== undefined && 'meter' in event && event.meter !== null ? event.meter === meter : true;
  return measured && aboutAccount(event, account) && (userOf(event) ?? user) === user;
}

/** Whether a word stands in its names. */
export function hasWord(quota: QuotaView, word: string): boolean {
  return `${quota.name} ${quota.title} ${quota.user} ${quota.rules.note}`.toLowerCase().includes(word.trim().toLowerCase());
}
