// What happened in the made-up world: actions with proof, alerts, deliveries, lapses, audit, a year of readings.
import type { ActionView, AlertView, AuditView, DeliveryView, LapseView, MeterView, PointView, Target } from '@/bindings/api';
import { at, DAY, dice, HOUR, id, MINUTE, SECOND } from './clock';
import { server } from './scene';

type Lang = 'zh-CN' | 'en';

const STATES: Record<Lang, Record<string, string>> = {
  'zh-CN': { planned: '倒计时中', rechecked: '已复查', sent: '已发出，结果未知', accepted: '平台已接受，尚未生效', verifying: '等待平台状态', verified: '已确认', failed: '未成功', cancelled: '已取消' },
  en: { planned: 'counting down', rechecked: 'checked again', sent: 'sent, outcome not known', accepted: 'accepted, not yet in effect', verifying: 'waiting for the provider’s state', verified: 'verified', failed: 'did not succeed', cancelled: 'called off' },
};

/** One action in each fate. */
export function actions(lang: Lang): ActionView[] {
  const zh = lang === 'zh-CN';
  const words = (state: string) => STATES[lang][state] ?? state;
  const way = (steps: [string, number, unknown?][]) => steps.map(([to, ms, facts]) => ({ to, text: words(to), at: at(ms), facts: facts ?? {} }));
  const action = (number: number, guard: string | null, target: Target, state: string, due: number, more: Partial<ActionView>): ActionView => ({
    id: `0192f0aa-0000-7000-9000-${String(number).padStart(12, '0')}`, guard, account: 'hw-main', meter: guard && guard.slice('guard-'.length), action: 'stop', target, state, due: at(due), tries: 0,
    receipt: null, proof: null, state_text: words(state), by: guard ?? 'window', by_person: guard === null, why: null, before: null, after: null,
    sent_at: null, retry_at: null, error: null, next: null, cancellable: state === 'planned', holdable: state === 'planned', restorable: state === 'verified',
    events: [], created_at: at(due - 60 * SECOND), updated_at: at(due), simulated: false, ...more,
  });
  const game = server('game-hk-01');
  const noon = -5 * HOUR;
  const receipt = { job: 'ff808005c50bcfa030b30f80c1361f9c', request: '189e506a8a2f2b24eece0d0ba1dbd4ba', at: at(noon + SECOND) };
  return [
    action(1, 'guard-pkg-ecs-hk-01', server('ecs-hk-01'), 'planned', 48 * SECOND, {
      events: way([['planned', -12 * SECOND]]), created_at: at(-12 * SECOND), updated_at: at(-12 * SECOND),
      why: zh ? '剩余 4.31 GB，比闸线 5 GB 低 0.69 GB；已越过闸线，将行动。' : '4.31 GB left, 0.69 GB below the limit of 5 GB; over the limit: it acts.',
    }),
    action(2, 'guard-pkg-game-hk-01', game, 'verified', noon, {
      account: 'hw-lab', receipt, before: { power: 'running' }, after: { power: 'stopped' }, sent_at: at(noon + SECOND),
      why: zh ? '剩余 1.92 GiB，比闸线 2 GiB 低 0.08 GiB；已越过闸线，将行动。' : '1.92 GiB left, 0.08 GiB below the limit of 2 GiB; over the limit: it acts.',
      proof: { target: game, before: { power: 'running' }, after: { power: 'stopped' }, at: at(noon + 24 * SECOND), receipt },
      events: way([['planned', noon - MINUTE], ['rechecked', noon], ['sent', noon + SECOND], ['accepted', noon + SECOND, { receipt }], ['verifying', noon + 2 * SECOND], ['verified', noon + 24 * SECOND]]),
      updated_at: at(noon + 24 * SECOND),
    }),
    action(3, null, server('build-01'), 'failed', -2 * DAY, {
      action: 'start', tries: 4, error: 'Ecs.0005: the server is frozen', next: zh ? '在平台控制台查看这台服务器。' : 'Look at this server in the provider’s console.',
      events: way([['planned', -2 * DAY], ['sent', -2 * DAY + SECOND], ['failed', -2 * DAY + 3 * SECOND, { detail: 'Ecs.0005: the server is frozen' }]]),
    }),
    action(5, 'guard-volc-main-quota-60000001', { kind: 'sub_account', id: '60000001', name: 'render-bot', region: '' }, 'verified', -7 * HOUR, {
      id: 'deed-render', account: 'volc-main', meter: 'quota-60000001', before: { power: 'running' }, after: { power: 'stopped' }, updated_at: at(-7 * HOUR + 5 * SECOND),
      why: zh ? '已花 ¥ 512.40，额度 ¥ 500.00；已越过闸线，将停用。' : '¥ 512.40 spent of ¥ 500.00; over the limit: it disables.',
      events: way([['planned', -7 * HOUR - MINUTE], ['sent', -7 * HOUR], ['verifying', -7 * HOUR + 2 * SECOND], ['verified', -7 * HOUR + 5 * SECOND]]),
    }),
    action(4, 'guard-pkg-api-01', server('api-01'), 'cancelled', -6 * DAY, { events: way([['planned', -6 * DAY - MINUTE], ['cancelled', -6 * DAY, { by: 'window' }]]) }),
  ];
}

/** Alerts, newest first. */
export function alerts(lang: Lang): AlertView[] {
  const zh = lang === 'zh-CN';
  const alert = (guard: string, meter: string, severity: AlertView['severity'], key: string, hours: number, title: string, more: Partial<AlertView> = {}): AlertView => ({
    id: id(), guard, account: 'hw-main', meter, key, severity, title, asks: !more.resolved_at && !more.acknowledged, raised_at: at(-hours * HOUR), resolved_at: null, acknowledged: null, snoozed_until: null, simulated: false,
    sentence: zh ? '只看不动：没有做任何事。' : 'It only watches: nothing was done.', next: zh ? '购买流量包，或布防这条规则。' : 'Buy a package, or arm this guard.', ...more,
  });
  return [
    alert('guard-pkg-ecs-hk-01', 'pkg-ecs-hk-01', 'critical', 'limit', 0.1, zh ? 'ecs-hk-01 · 流量包 低于闸线 5 GB，剩余 4.31 GB' : 'ecs-hk-01 · 流量包 is below the limit of 5 GB: 4.31 GB left'),
    alert('guard-pkg-ecs-sg-02', 'pkg-ecs-sg-02', 'critical', 'limit', 1.4, zh ? 'ecs-sg-02 · 流量包 低于闸线 20 GB，剩余 18.75 GB' : 'ecs-sg-02 · 流量包 is below the limit of 20 GB: 18.75 GB left'),
    alert('guard-pkg-legacy-01', 'pkg-legacy-01', 'warning', 'blind', 6, zh ? '失明：legacy-01 · 流量包（密钥被平台拒绝）' : 'Blind: legacy-01 · 流量包 (the provider refuses the key)', { account: 'hw-old' }),
    alert('guard-pkg-ecs-bj-03', 'pkg-ecs-bj-03', 'warning', 'share:70', 20, zh ? 'ecs-bj-03 · 流量包 已用 70%' : 'ecs-bj-03 · 流量包 has used 70%', { acknowledged: [at(-19 * HOUR), 'campaign week'] }),
    alert('guard-pkg-game-hk-01', 'pkg-game-hk-01', 'critical', 'limit', 5, zh ? 'game-hk-01 · 流量包 低于闸线 2 GiB' : 'game-hk-01 · 流量包 is below the limit of 2 GiB', { account: 'hw-lab' }),
    alert('guard-pkg-api-01', 'pkg-api-01', 'warning', 'share:70', 150, zh ? 'api-01 · 流量包 已用 70%' : 'api-01 · 流量包 has used 70%', { resolved_at: at(-120 * HOUR) }),
  ];
}

const NEXT: Record<Lang, Record<DeliveryView['state'], string>> = {
  'zh-CN': { pending: '等待中，将再次尝试', sending: '发送中', delivered: '平台已接收', refused: '被拒绝，不再尝试', expired: '已过期' },
  en: { pending: 'waits to be tried again', sending: 'on its way', delivered: 'taken by the platform', refused: 'refused, not tried again', expired: 'expired' },
};

/** Deliveries, newest first. */
export function deliveries(lang: Lang): DeliveryView[] {
  const zh = lang === 'zh-CN';
  const delivery = (channel: string, code: string, state: DeliveryView['state'], hours: number, title: string, more: Partial<DeliveryView> = {}): DeliveryView => ({
    id: id(), channel, alert: null, action: null, code, title, state, tries: 1, repeat: false, error: null, created_at: at(-hours * HOUR), next_at: at(-hours * HOUR),
    delivered_at: state === 'delivered' ? at(-hours * HOUR + 2 * SECOND) : null, retryable: state === 'refused', simulated: false,
    next: NEXT[lang][state], ...more,
  });
  return [
    delivery('ops', 'action_planned', 'delivered', 0.01, zh ? '1 分钟后将停止 ecs-hk-01' : 'About to stop ecs-hk-01 in 1 minute'),
    delivery('ops', 'step_reached', 'delivered', 0.1, zh ? 'ecs-hk-01 · 流量包 低于闸线 5 GB' : 'ecs-hk-01 · 流量包 is below the limit of 5 GB'),
    delivery('night', 'step_reached', 'pending', 1.4, zh ? 'ecs-sg-02 · 流量包 低于闸线 20 GB' : 'ecs-sg-02 · 流量包 is below the limit of 20 GB', { tries: 3, error: 'HTTP 503', next_at: at(2 * MINUTE) }),
    delivery('ops', 'action_verified', 'delivered', 5, zh ? '已确认：game-hk-01 已停止' : 'Confirmed: game-hk-01 is stopped', { repeat: true }),
    delivery('night', 'blind', 'refused', 6, zh ? '失明：legacy-01 · 流量包' : 'Blind: legacy-01 · 流量包', { error: '19024: the keyword is missing' }),
  ];
}

/** Spans in which nothing was guarding. */
export function lapses(lang: Lang): LapseView[] {
  const zh = lang === 'zh-CN';
  return [
    { start: at(-9 * HOUR), end: at(-7.5 * HOUR), cause: 'asleep', text: zh ? '机器休眠' : 'the machine slept' },
    { start: at(-3 * DAY), end: at(-3 * DAY + 40 * MINUTE), cause: 'offline', text: zh ? '没有网络' : 'there was no network' },
  ];
}

/** Audit rows after a number. */
export function audit(after: number, before: number | null, limit: number): AuditView[] {
  const events = ['settings_changed', 'configured', 'armed', 'step_raised', 'planned', 'sent', 'accepted', 'verified', 'delivered', 'acknowledged'];
  const rows = Array.from({ length: 140 }, (_, n): AuditView => ({
    seq: n + 1, at: at(-(140 - n) * 20 * MINUTE), actor: n % 5 === 0 ? 'window' : 'engine', event: events[n % events.length] ?? 'armed', text: `${events[n % events.length] ?? 'armed'}: guard-pkg-game-hk-01`,
    facts: { guard: 'guard-pkg-game-hk-01', n }, hash: (n * 2_654_435_761).toString(16).padStart(64, '0'),
  }));
  if (before === null) return rows.filter((row) => row.seq > after).slice(0, limit);
  return rows.filter((row) => row.seq < before).reverse().slice(0, limit);
}

/** A year of one meter: packages that run down and are renewed, with two gaps. */
export function history(meter: MeterView, start: string, end: string, points: number): PointView[] {
  const whole = Number(meter.limit?.value ?? meter.last_good?.remaining?.value ?? 500);
  const unit = meter.limit?.unit ?? meter.remaining?.unit ?? 'bytes';
  const [from, to] = [Math.max(Date.parse(start), Date.now() - 365 * DAY), Math.min(Date.parse(end), Date.now())];
  const step = Math.max((to - from) / Math.max(1, Math.min(points, 800)), MINUTE);
  const roll = dice(meter.meter.length * 977);
  const now = Number(meter.remaining?.value ?? whole / 2);
  const period = 30 * DAY;
  const points_: PointView[] = [];
  for (let t = from; t <= to; t += step) {
    const age = Date.now() - t;
    if ((age > 7.5 * HOUR && age < 9 * HOUR) || (age > 3 * DAY && age < 3.4 * DAY)) continue;
    const since = (period - (age % period)) / period;
    const slope = age < period ? whole - (whole - now) * since : whole * (1 - since * (0.7 + 0.25 * roll()));
    const left = unit === 'bytes' ? String(Math.round(slope)) : slope.toFixed(2);
    const used = unit === 'bytes' ? String(Math.round(whole - slope)) : null;
    points_.push({ as_of: new Date(t).toISOString(), remaining: { value: left, unit }, used: used === null ? null : { value: used, unit } });
  }
  return points_;
}
