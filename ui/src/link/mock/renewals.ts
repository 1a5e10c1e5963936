// The renewals of the made-up world. Due dates are counted here only as far as pages need them; the real ones are the guard's.
import type { Amount, DuesView, RenewalItem, RenewalsView, RenewalView } from '@/bindings/api';
import { DAY } from './clock';

type Lang = 'zh-CN' | 'en';
const PREVIEW = 12;
/** Months that are looked through for due dates: those of a yearly one over thirteen years. */
const MONTHS = 160;

const civil = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Today in the zone of whoever looks. */
export function today(): string {
  const now = new Date();
  return civil(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));
}
const plus = (date: string, days: number) => civil(Date.parse(date) + days * DAY);
const between = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

function ofMonth(year: number, month: number, day: number): string {
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return civil(Date.UTC(year, month, Math.min(day, last)));
}

/** Whether a cycle and its day can be read; the word of the field that cannot. */
export function mistake(cycle: string, day: string): 'cycle' | 'day' | undefined {
  if (!/^(weekly|monthly|yearly|once|trial|every [1-9]\d{0,3} (days?|months?))$/.test(cycle)) return 'cycle';
  const fits = cycle === 'weekly' ? /^[1-7]$/ : cycle === 'monthly' ? /^([1-9]|[12]\d|3[01])$/ : cycle === 'yearly' ? /^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/ : /^\d{4}-\d{2}-\d{2}$/;
  return fits.test(day) && (day.length !== 10 || !Number.isNaN(Date.parse(day))) ? undefined : 'day';
}

function series(cycle: string, day: string, from: string): string[] {
  const every = /^every (\d+) (day|month)/.exec(cycle);
  if (cycle === 'once' || cycle === 'trial') return [day];
  if (cycle === 'weekly') {
    const weekday = new Date(from).getUTCDay() || 7;
    return Array.from({ length: PREVIEW + 1 }, (_, n) => plus(from, ((Number(day) - weekday + 7) % 7) + 7 * n));
  }
  const anchor = every ? day : from;
  if (every?.[2] === 'day') {
    const step = Number(every[1]);
    const first = Math.max(0, Math.ceil(between(anchor, from) / step));
    return Array.from({ length: PREVIEW + 1 }, (_, n) => plus(anchor, (first + n) * step));
  }
  const [year, month] = [Number(anchor.slice(0, 4)), Number(anchor.slice(5, 7)) - 1];
  return Array.from({ length: MONTHS }, (_, n) => n).flatMap((n) => {
    if (cycle === 'yearly') return n % 12 ? [] : [ofMonth(year + n / 12, Number(day.slice(0, 2)) - 1, Number(day.slice(3)))];
    if (every) return n % Number(every[1]) ? [] : [ofMonth(year, month + n, Number(anchor.slice(8)))];
    return [ofMonth(year, month + n, Number(day))];
  });
}

/** The next twelve that are not paid. */
export function preview(cycle: string, day: string, paid: string | null, now = today()): DuesView {
  if (mistake(cycle, day)) return { due: [], days: null };
  const from = paid ? plus(paid, 1) : now;
  const due = series(cycle, day, from).filter((date) => date >= from).slice(0, PREVIEW);
  return { due, days: due[0] ? between(now, due[0]) : null };
}

const WEEKDAYS: Record<Lang, string[]> = { 'zh-CN': ['', '一', '二', '三', '四', '五', '六', '日'], en: ['', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] };

function repeats(item: RenewalItem, lang: Lang): string {
  const zh = lang === 'zh-CN';
  const every = /^every (\d+) (day|month)/.exec(item.cycle);
  if (every) return zh ? `每 ${every[1]} ${every[2] === 'day' ? '天' : '个月'}` : `every ${every[1]} ${every[2]}s`;
  switch (item.cycle) {
    case 'weekly': return zh ? `每周${WEEKDAYS[lang][Number(item.day)]}` : `every week on ${WEEKDAYS[lang][Number(item.day)]}`;
    case 'monthly': return zh ? `每月 ${item.day} 日` : `every month on day ${item.day}`;
    case 'yearly': return zh ? `每年 ${Number(item.day.slice(0, 2))} 月 ${Number(item.day.slice(3))} 日` : `every year on ${item.day}`;
    case 'trial': return zh ? '试用到期' : 'end of a trial';
    default: return zh ? '一次' : 'once';
  }
}

/** Renewals in every standing: overdue, today, soon, far, by itself, a trial, one that has ended. In the same order on every day. */
export function items(): RenewalItem[] {
  const now = today();
  const dayIn = (days: number) => String(Number(plus(now, days).slice(8)));
  return [
    { id: 'dns-bundle', name: '域名 tidegate.example', owner: '运维', cycle: 'yearly', day: plus(now, -4).slice(5), amount: '88 CNY', remind: [30, 7, 0], channels: [] },
    { id: 'vpn', name: 'Mullvad VPN', cycle: 'every 30 days', day: now, amount: '5 EUR', remind: [3, 0], channels: [] },
    { id: 'copilot', name: 'Code assistant', cycle: 'monthly', day: dayIn(2), amount: '10 USD', auto_renew: true, remind: [3], channels: [] },
    { id: 'ecs-sg', name: 'ecs-sg-02 包月', owner: '华为主账户', cycle: 'monthly', day: dayIn(9), amount: '126.5 CNY', remind: [7, 0], channels: ['ops'], note: '与流量包同一天' },
    { id: 'trial-db', name: 'Managed database trial', cycle: 'trial', day: plus(now, 12), amount: '19 USD', remind: [3, 1, 0], channels: [] },
    { id: 'cert', name: '*.tidegate.example 证书', cycle: 'every 3 months', day: plus(now, 26), remind: [14, 3], channels: [] },
    { id: 'backup-week', name: '异地备份', cycle: 'weekly', day: String(new Date(plus(now, 6)).getUTCDay() || 7), amount: '3 CNY', enabled: false, channels: [] },
    { id: 'old-host', name: 'Old host, last term', cycle: 'once', day: plus(now, -40), amount: '60 USD', channels: [] },
  ];
}

/** What was marked before the window opened. */
export const PAID: Record<string, string | null> = { 'dns-bundle': 'last-year', 'old-host': 'all' };

/** `20 USD` as an amount. */
export function amountOf(text: string | undefined): Amount | null {
  const match = /^(\d+(?:\.\d+)?) ([A-Z]{3})$/.exec(text ?? '');
  return match ? { value: match[1] ?? '0', unit: match[2] ?? '' } : null;
}

function stateOf(item: RenewalItem, days: number | null): RenewalView['state'] {
  if (days === null) return 'settled';
  if (item.enabled === false) return 'off';
  if (days <= 0) return days === 0 ? 'due' : 'overdue';
  return (item.remind ?? []).some((ahead) => ahead >= days) ? 'soon' : 'ahead';
}

function viewOf(item: RenewalItem, paid: string | null, lang: Lang): RenewalView {
  const now = today();
  const { due } = preview(item.cycle, item.day, paid, now);
  const next = due[0] ?? null;
  const days = next ? between(now, next) : null;
  return {
    id: item.id, name: item.name ?? item.id, enabled: item.enabled ?? true, owner: item.owner ?? null, cycle: item.cycle, day: item.day,
    amount: amountOf(item.amount), auto_renew: item.auto_renew ?? false, remind: item.remind ?? [], note: item.note ?? null, paid,
    next_due: next, cycle_start: null, days, overdue: due.filter((date) => date < now).length, state: stateOf(item, days), repeats: repeats(item, lang), channels: item.channels ?? [], alert: null,
  };
}

/** The date through which something was paid at the start of the made-up world. */
export function paidAtFirst(item: RenewalItem): string | null {
  const known = PAID[item.id];
  if (known === 'last-year') return plus(today(), -4 - 365);
  return known === 'all' ? item.day : null;
}

/** All of them; what they cost is told for each currency. */
export function renewals(list: RenewalItem[], paid: Map<string, string | null>, lang: Lang): RenewalsView {
  const rows = list.map((item) => viewOf(item, paid.get(item.id) ?? null, lang));
  rows.sort((a, b) => (a.next_due ?? '9999').localeCompare(b.next_due ?? '9999'));
  const total = (currency: string, month: string, year: string) => ({ currency, per_month: { value: month, unit: currency }, per_year: { value: year, unit: currency } });
  const totals = [total('CNY', '146.87', '1762.51'), total('EUR', '5.07', '60.87'), total('USD', '10.00', '120.00')];
  return { today: today(), renewals: rows, totals: list.length > 0 ? totals : [] };
}

/** A calendar file with one event for each. */
export function ics(list: RenewalItem[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...list.flatMap((item) => ['BEGIN:VEVENT', `UID:${item.id}@tidegate`, `SUMMARY:${item.name}`, 'END:VEVENT']), 'END:VCALENDAR', ''].join('\r\n');
}

/** What is wrong with renewals, by field. */
export function findings(list: RenewalItem[], lang: Lang): { path: string; code: string; text: string }[] {
  const say = (zh: string, en: string) => (lang === 'zh-CN' ? zh : en);
  return list.flatMap((item, n) => {
    const wrong = mistake(item.cycle, item.day);
    const found = (field: string, text: string) => [{ path: `renewal[${n}].${field}`, code: 'not_allowed', text }];
    return [
      ...(wrong ? found(wrong, wrong === 'day' ? say('这个周期没有这样的日子。', 'This cycle has no such day.') : say('周期是 weekly、monthly、yearly、once、trial 或 every N days。', 'A cycle is weekly, monthly, yearly, once, trial or every N days.')) : []),
      ...(item.amount !== undefined && !amountOf(item.amount) ? found('amount', say('金额的写法如 20 USD。', 'An amount is such as 20 USD.')) : []),
      ...((item.remind ?? []).some((days) => days > 365) ? found('remind', say('最多提前 365 天。', 'At most 365 days ahead.')) : []),
    ];
  });
}

/** The due date that a payment on a day covers: the oldest open one. */
export function covers(item: RenewalItem | undefined, date: string | null): string | null {
  if (!item) return null;
  const { due } = preview(item.cycle, item.day, null);
  return due[0] && date && date < due[0] ? due[0] : (date ?? due[0] ?? null);
}
