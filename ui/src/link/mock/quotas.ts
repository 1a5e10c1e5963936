// Sub-accounts of the made-up world: one in each standing that a person can meet, with what stands at it.
import type { AccountView, AllocationView, Amount, CloudPolicyView, MeterView, PieceView, QuotaAccountView, QuotaDetailView, QuotaProjectView, QuotaView } from '@/bindings/api';
import { minus, scaled, signOf, sumOf } from '@/composables/decimal';
import { at, DAY, HOUR, id, MINUTE, SECOND } from './clock';
import type { Rule } from './guards';

type Lang = 'zh-CN' | 'en';
export const VOLC = 'volc-main';
const LAB = 'volc-lab';

/** Money as text, so that every digit of it stands. */
export const money = (value: string): Amount => ({ value, unit: 'CNY' });
/** The running month where the bill is made, and the one so many before it. */
export function month(back = 0): string {
  const there = new Date(Date.now() + 8 * HOUR);
  return new Date(Date.UTC(there.getUTCFullYear(), there.getUTCMonth() - back, 1)).toISOString().slice(0, 7);
}

/** What is so of a sub-account, in the shortest words; the rest follows from it. */
export interface Made {
  account: string; user: string; name: string; title: string; granted: Amount | null; standing: QuotaView['standing'];
  projects: QuotaProjectView[]; rules: QuotaView['rules']; protected?: boolean; ledger: AllocationView[]; armed?: boolean;
  keys: QuotaDetailView['keys']; login: boolean | null; policies: QuotaDetailView['policies']; groups: string[];
  closed: { action: string; disable: boolean; state: Record<Lang, string>; pieces: { what: Record<Lang, string>; state: PieceView['state']; why?: Record<Lang, string>; at?: string }[] } | null;
  email: string; phone: string;
}

const RULES = { steps: null, steps_in_force: ['50%', '80%', '90%'], disable: true, without_quota: 'watch' as const, endpoints: false, instances: false, note: '' };
const project = (name: string, in_all: string, month_: string, more: Partial<QuotaProjectView> = {}): QuotaProjectView => ({
  project: name, on: true, share: '100%', since: at(-70 * DAY), first_month: month(2), baseline: money('0'), this_month: money(month_), in_all: money(in_all), ...more,
});
const entry = (seq: number, amount: string, total: string, note: string, days: number, by = 'window'): AllocationView => ({ seq, amount: money(amount), total: money(total), note, by, at: at(-days * DAY) });
const say = (zh: string, en: string): Record<Lang, string> => ({ 'zh-CN': zh, en });
const key = (tail: string, active: boolean, days: number) => ({ id: `AKLTFAKE${tail}`, active, created_at: at(-days * DAY) });
const policy = (name: string, everywhere: boolean, projects: string[] = [], ours = true) => ({ name, system: true, everywhere, projects, ours_to_change: ours });
const made = (user: string, name: string, title: string, standing: Made['standing'], more: Partial<Made>): Made => ({
  account: VOLC, user, name, title, granted: null, standing, projects: [], rules: RULES, ledger: [], keys: [key(user, true, 60)], login: true, policies: [policy('ArkFullAccess', false, ['default'])], groups: [], closed: null,
  email: `${name}@example.com`, phone: '', ...more,
});

/** The sub-accounts as they are at first. */
export function users(): Made[] {
  const noon = -7 * HOUR;
  const monthly = Array.from({ length: 62 }, (_, n) => entry(62 - n, n === 61 ? '120' : '80', money(String(5000 - n * 80)).value, n % 9 === 0 ? '季度预算 / quarter' : '', n * 3 + 1, n % 4 === 0 ? 'token:finance' : 'window'));
  return [
    made('60000001', 'render-bot', '渲染任务', 'disabled', {
      granted: money('500'), projects: [project('render', '492.11', '301.35'), project('assets', '20.29', '8.24', { share: '40%', baseline: money('12.5') })], armed: true,
      ledger: [entry(2, '200', '500', '追加', 9), entry(1, '300', '300', '第一期', 65)], keys: [key('R1', false, 65), key('R2', false, 20)], login: false,
      policies: [policy('ArkFullAccess', false, ['render']), policy('TidegateDenyAll', true, [], false), policy('TOSFullAccess', true)], groups: ['developers'],
      closed: { action: 'deed-render', disable: true, state: say('已确认', 'verified'), pieces: [
        { what: say('拒绝一切的策略', 'the policy that denies everything'), state: 'done', at: at(noon) },
        { what: say('访问密钥 AKLTFAKER1', 'access key AKLTFAKER1'), state: 'done', at: at(noon + 2 * SECOND) },
        { what: say('访问密钥 AKLTFAKER2', 'access key AKLTFAKER2'), state: 'was_so', at: at(noon + 3 * SECOND) },
        { what: say('控制台登录', 'console login'), state: 'done', at: at(noon + 5 * SECOND) },
      ] },
    }),
    made('60000002', 'intern-li', '实习生 小李', 'partly_disabled', {
      granted: money('200'), projects: [project('sandbox', '231.07', '61.07')], armed: true, ledger: [entry(1, '200', '200', '', 40)], keys: [key('I1', false, 40), key('I2', true, 3)], login: false,
      policies: [policy('ArkReadOnlyAccess', true), policy('TidegateDenyAll', true, [], false)], rules: { ...RULES, endpoints: true },
      closed: { action: 'deed-intern', disable: true, state: say('已发出，结果未知', 'sent, outcome not known'), pieces: [
        { what: say('拒绝一切的策略', 'the policy that denies everything'), state: 'done', at: at(-12 * MINUTE) },
        { what: say('访问密钥 AKLTFAKEI1', 'access key AKLTFAKEI1'), state: 'done', at: at(-12 * MINUTE + 2 * SECOND) },
        { what: say('访问密钥 AKLTFAKEI2', 'access key AKLTFAKEI2'), state: 'failed', why: say('平台拒绝：FlowLimitExceeded；4 分钟后再试', 'the provider refused: FlowLimitExceeded; tried again in 4 minutes'), at: at(-11 * MINUTE) },
        { what: say('控制台登录', 'console login'), state: 'asked' },
        { what: say('模型接入点 ep-20261103-fake', 'model endpoint ep-20261103-fake'), state: 'waiting' },
      ] },
    }),
    made('60000003', 'team-search', '搜索组', 'enabled', {
      granted: money('3000'), projects: [project('search', '2100.5', '811.2'), project('search-eval', '299.488', '40.488'), project('search-old', '0', '0', { on: false })], armed: true,
      ledger: [entry(1, '3000', '3000', '年度', 120)], rules: { ...RULES, steps: ['50%', '80%', '99.5%'], steps_in_force: ['50%', '80%', '99.5%'], note: '负责人：阿远 / owner: Yuan' }, groups: ['search'],
    }),
    made('60000004', 'newcomer', '', 'enabled', { granted: money('100'), ledger: [entry(1, '100', '100', '', 1)], keys: [], login: null, policies: [] }),
    made('60000005', 'lab-notebook', '实验笔记本', 'enabled', { projects: [project('notebooks', '18.2', '3.1')] }),
    made('60000006', 'team-chat', '客服机器人', 'enabled', {
      granted: money('5000'), projects: [project('chat', '812.345678', '120.045678'), project('assets', '30.44', '12.36', { share: '60%' })], ledger: monthly,
      policies: [policy('ArkFullAccess', false, ['chat', 'assets'])], phone: '138****0001',
    }),
    made('60000007', 'ops-admin', '运维', 'enabled', { granted: money('1000'), projects: [project('ops', '101', '22')], ledger: [entry(1, '1000', '1000', '', 200)], protected: true, policies: [policy('AdministratorAccess', true, [], false)] }),
    made('70000001', 'relay-cn', '中转', 'unknown', { account: LAB, granted: money('300'), projects: [project('relay', '120', '0', { this_month: null, in_all: null })], ledger: [entry(1, '300', '300', '', 90)] }),
  ];
}

/** Accounts with sub-accounts; one of them cannot be read. */
export function accounts(lang: Lang): QuotaAccountView[] {
  const account = (id_: string, name: string, more: Partial<QuotaAccountView>): QuotaAccountView => ({
    account: id_, name, month: month(), billed_at: at(-3 * HOUR), blind: null, unattributed: [money('47.913')], delay_hours: 24, ...more,
  });
  return [account(VOLC, '火山主账户', {}), account(LAB, 'Volcengine lab', { billed_at: at(-2 * DAY), unattributed: [], blind: say('密钥被平台拒绝：InvalidAccessKey', 'the provider refuses the key: InvalidAccessKey')[lang] })];
}

/** As the schedule has them. */
export function looked(): AccountView[] {
  const one = (account: string, name: string, reason: string | null): AccountView => ({ account, name, enabled: true, reason, detail: reason && 'the key was refused: InvalidAccessKey', looked_at: at(-4 * MINUTE), next_at: at(8 * MINUTE), interval: 3600, meters: 7, simulated: false });
  return [one(VOLC, '火山主账户', null), one(LAB, 'Volcengine lab', 'auth')];
}

/** What may be attached here. */
export const POLICIES: CloudPolicyView[] = [
  { name: 'ArkFullAccess', system: true, about: '火山方舟全部权限' },
  { name: 'ArkReadOnlyAccess', system: true, about: '火山方舟只读' },
  { name: 'TOSFullAccess', system: true, about: '对象存储全部权限' },
];

/** What was charged, or why that is not known. */
function spentOf(user: Made): Amount | null {
  const sums = user.projects.flatMap((one) => (one.in_all ? [one.in_all] : []));
  return user.account === LAB || sums.length === 0 ? null : sums.reduce((a, b) => sumOf(a, b) ?? a);
}

/** Spent of granted in percent with four digits, cut. */
function shareOf(spent: Amount | null, granted: Amount | null): Amount | null {
  if (!spent || !granted || signOf(granted) <= 0) return null;
  const share = String((scaled(spent.value, 6) * 1_000_000n) / scaled(granted.value, 6)).padStart(5, '0');
  return { value: `${share.slice(0, -4)}.${share.slice(-4)}`, unit: 'percent' };
}

function sentenceOf(user: Made, spent: Amount | null, share: Amount | null, lang: Lang): string {
  const zh = lang === 'zh-CN';
  if (user.standing === 'disabled' && user.granted && spent && signOf(sumOf(user.granted, minus(spent)) ?? spent) > 0) return zh ? '额度已追加，它仍是停用的：可以恢复。' : 'It was granted more and is still disabled: restore it.';
  if (user.standing === 'disabled') return zh ? '额度已用完，已停用并确认。追加额度后可以恢复。' : 'The quota is used up; it is disabled, and that is verified. Grant more, then restore it.';
  if (user.standing === 'partly_disabled') return zh ? '额度已用完，停用只完成了一部分：还有一把密钥有效，仍在重试。' : 'The quota is used up and the disable is done only in part: one key is still active; it is tried again.';
  if (user.standing === 'disabling' || user.standing === 'restoring') return zh ? '正在进行，完成一项确认一项。' : 'It is under way; each piece is verified as it is done.';
  if (user.account === LAB) return zh ? '账单自 2 天前起读不到；失明时不会停用。' : 'The bill cannot be read since 2 days ago; nothing is disabled while blind.';
  if (!spent) return zh ? '没有关联项目，不知道它花了多少。请关联一个项目。' : 'No project is charged to it, so what it spends is not known. Add a project.';
  if (!user.granted) return zh ? '没有额度：只记录花费，不判断。' : 'It has no quota: its spending is recorded and not judged.';
  const next = user.rules.steps_in_force.find((step) => scaled(share?.value ?? '0', 6) < scaled(step.replace('%', ''), 6));
  return next ? (zh ? `到下一条告警线 ${next} 之前不会发生什么。` : `Nothing happens before the next step, ${next}.`) : (zh ? '已越过最后一条告警线；用完时停用。' : 'Past the last step; it is disabled when the quota is used up.');
}

/** A sub-account as it is listed. */
export function viewOf(user: Made, lang: Lang): QuotaView {
  const spent = spentOf(user);
  const share = shareOf(spent, user.granted);
  const left = spent && user.granted ? sumOf(user.granted, minus(spent)) : null;
  const crossed = user.rules.steps_in_force.some((step) => share && scaled(share.value, 6) >= scaled(step.replace('%', ''), 6));
  return {
    account: user.account, user: user.user, name: user.name, title: user.title, meter: `quota-${user.user}`, granted: user.granted, spent, left, share,
    as_of: spent ? at(-26 * HOUR) : null, standing: user.standing, sentence: sentenceOf(user, spent, share, lang),
    blind: spent ? null : say(user.account === LAB ? '账单读不到：密钥被平台拒绝' : '没有关联项目', user.account === LAB ? 'the bill cannot be read: the provider refuses the key' : 'no project is charged to it')[lang],
    level: !spent ? 'blind' : left && signOf(left) <= 0 ? 'critical' : crossed ? 'warning' : 'calm',
    projects_on: user.projects.filter((one) => one.on).length, projects: user.projects.length, rules: user.rules, entries: user.ledger[0]?.seq ?? 0, protected: user.protected ?? false, simulated: false,
  };
}

const NAMES: Record<string, string> = { [VOLC]: '火山主账户', [LAB]: 'Volcengine lab' };

/** Their meters, as every other one. */
export function meters(list: Made[]): MeterView[] {
  return list.filter((user) => user.granted).map((user): MeterView => {
    const view = viewOf(user, 'en');
    const known = view.spent !== null;
    return {
      account: user.account, meter: view.meter, name: `${user.name} · 额度`, kind: 'spending', outcome: known ? 'known' : 'blind', reason: known ? null : user.account === LAB ? 'auth' : 'missing', detail: view.blind,
      used: view.spent, limit: known ? view.granted : null, remaining: view.left, window: null, as_of: view.as_of, fetched_at: at(-3 * HOUR), last_good: null, binary: false,
      targets: [{ kind: 'sub_account', id: user.user, name: user.name, region: '' }], guards: [], account_name: NAMES[user.account] ?? '', level: null, state: 'unguarded', blind_since: known ? null : at(-2 * DAY), as_of_source: 'provider', lag_ms: DAY, forecast: null, simulated: false,
    };
  });
}

const CONTRACT = say('账单滞后 24 小时，读数间隔 1 小时：这段时间里花掉的会超出额度，无法事先限定。', 'The bill lags 24 hours and is read every hour: what is spent in that time goes beyond the quota, and cannot be bounded before.');

/** What their guards say. */
export function rules(list: Made[]): Rule[] {
  return list.filter((user) => user.granted).map((user): Rule => {
    const view = { 'zh-CN': viewOf(user, 'zh-CN'), en: viewOf(user, 'en') };
    return {
      account: user.account, meter: view.en.meter, level: view.en.level, ...(user.armed ? { armed: 21 } : {}), limit: money('0'), limitText: '100%', steps: user.rules.steps_in_force,
      code: view.en.level === 'blind' ? 'blind' : 'under', ...(user.standing === 'disabled' ? { acting: 'verified' } : {}), say: { 'zh-CN': view['zh-CN'].sentence, en: view.en.sentence }, contract: CONTRACT,
    };
  });
}

/** A fresh sub-account. */
export function fresh(account: string, name: string, title: string): Made {
  return made(id().slice(-8), name, title, 'enabled', { account, keys: [], policies: [], login: null });
}

/** A project that was just linked. */
export function linked(name: string, share: string, now: boolean): QuotaProjectView {
  return project(name, '0', '0', { share, since: at(0), first_month: month(), baseline: now ? null : money('0') });
}
