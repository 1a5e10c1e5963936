// Mailboxes of the made-up world: one that is read, one that is refused, and what mails said.
import type { MailboxItem, MailboxView, MailFindingView, MailRulesView, TriedMailboxView } from '@/bindings/api';
import { at, DAY, HOUR, MINUTE } from './clock';

type Lang = 'zh-CN' | 'en';
const say = (lang: Lang, zh: string, en: string) => (lang === 'zh-CN' ? zh : en);

/** As they are configured; `days` is shown by no field. */
export function items(): MailboxItem[] {
  return [
    { id: 'work', name: 'Billing inbox', host: 'imap.qq.com', username: 'ops@qq.com', password: 'vault:work', extra: ['到期提醒'], days: 7 },
    { id: 'old', host: 'imap.gmail.com', username: 'me@gmail.com', password: 'env:OLD_MAIL' },
  ];
}

export function mailboxes(configured: MailboxItem[], lang: Lang): MailboxView[] {
  return configured.map((item) => {
    const refused = item.id === 'old';
    return {
      mailbox: item.id, name: item.name ?? '', enabled: item.enabled ?? true, host: item.host, folder: item.folder ?? 'INBOX', interval: 900,
      tried_at: at(-4 * MINUTE), read_at: refused ? at(-2 * DAY) : at(-4 * MINUTE), looked_at: refused ? 0 : 12, waiting: 0,
      reason: refused ? 'auth' : null, detail: refused ? 'AUTHENTICATIONFAILED' : null, failing_since: refused ? at(-6 * HOUR) : null, failures: refused ? 4 : 0,
      text: refused ? say(lang, '邮箱拒绝登录', 'the mailbox refuses the login') : say(lang, '4 分钟前读取。', 'Read 4 minutes ago.'),
    };
  });
}

const KINDS = { low_balance: ['余额不足', 'Low balance'], overdue: ['欠费', 'Overdue'], expiring: ['即将到期', 'Expiring'] } as const;

/** More than a page of them, newest first. */
export function findings(before: string | null, limit: number, lang: Lang): MailFindingView[] {
  const told = [
    { kind: 'overdue', service: '阿里云', amount: { value: '-18.40', unit: 'CNY' }, due: null, sender: 'system@notice.aliyun.com', verified: true, subject: '您的账户已欠费', severity: 'critical', certainty: 'sure' },
    { kind: 'expiring', service: 'Hetzner', amount: { value: '12.90', unit: 'EUR' }, due: '2026-12-01', sender: 'billing@hetzner.com', verified: true, subject: 'Your server expires soon', severity: 'warning', certainty: 'sure' },
    { kind: 'low_balance', service: null, amount: null, due: null, sender: 'noreply@cloud.example', verified: false, subject: 'Your balance is low', severity: 'warning', certainty: 'possible' },
  ] as const;
  const all = Array.from({ length: 63 }, (_, n): MailFindingView => {
    const one = told[n % told.length] ?? told[0];
    return { ...one, id: `finding-${String(n).padStart(3, '0')}`, mailbox: 'work', at: at(-n * 5 * HOUR), received: at(-n * 5 * HOUR - MINUTE), kind_text: KINDS[one.kind][lang === 'en' ? 1 : 0], rule: one.kind, amount_words: one.amount ? `${one.amount.value} ${one.amount.unit}` : null, due_words: one.due };
  });
  const from = before === null ? 0 : all.findIndex((row) => row.id === before) + 1;
  return all.slice(from, from + limit);
}

export function tried(wrong: boolean, lang: Lang): TriedMailboxView {
  return wrong
    ? { ok: false, looked_at: 0, waiting: 0, findings: [], reason: 'auth', detail: 'AUTHENTICATIONFAILED', next: say(lang, '请重新生成授权码。', 'Make a new authorization code.'), took_ms: 310 }
    : { ok: true, looked_at: 24, waiting: 0, findings: findings(null, 2, lang).map((found) => ({ ...found, id: null, at: null })), reason: null, detail: null, next: null, took_ms: 1240 };
}

export function rules(lang: Lang): MailRulesView {
  return {
    rules: [
      { id: 'overdue', kind: 'overdue', subject_any: ['欠费', 'overdue', 'past due'], severity: 'critical' },
      { id: 'low-balance', kind: 'low_balance', subject_any: ['余额不足', 'low balance'] },
      { id: 'expiring', kind: 'expiring', subject_any: ['到期', 'expires'] },
    ],
    senders: [{ domain: 'aliyun.com', service: '阿里云', currency: 'CNY' }, { domain: 'hetzner.com', service: 'Hetzner' }],
    kinds: Object.entries(KINDS).map(([kind, [zh, en]]) => [kind, say(lang, zh, en)]),
  };
}
