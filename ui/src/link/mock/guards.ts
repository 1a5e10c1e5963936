// The guards of the made-up world: what each says, in both languages, and the facts behind its sentence.
import type { Amount, ForecastView, GuardView, MeterGuardView, MeterView, WhyView } from '@/bindings/api';
import { compare, parseAmount, parts, scaled } from '@/composables/decimal';
import { at, DAY, HOUR } from './clock';
import { rules as balanceRules } from './balances';
import { rules as quotaRules, users } from './quotas';
import { gb, gib, yuan } from './scene';

type Lang = 'zh-CN' | 'en';
type Level = MeterGuardView['level'];

export interface Rule {
  /** Whose; where the meter's id is not enough. */
  account?: string;
  meter: string; level: Level; armed?: number; limit: Amount | null; steps: string[]; limitText: string | null;
  lower?: Amount; early?: number; late?: number; say: Record<Lang, string>; code: string; acting?: string; contract?: Record<Lang, string>;
}

const text = (amount: Amount, binary = false) => {
  const { number, unit, before } = parts(amount, binary);
  return before ? `${unit} ${number}` : `${number} ${unit}`;
};

const RULES: Rule[] = [
  {
    meter: 'pkg-ecs-hk-01', level: 'critical', armed: 28, limit: gb(5), limitText: '5 GB', steps: ['70%', '85%', '95%'], lower: gb(3.6),
    early: 5 * HOUR, late: 9 * HOUR, code: 'acting', acting: 'planned',
    say: {
      'zh-CN': '剩余 4.31 GB，比闸线 5 GB 低 0.69 GB；预计 5–9 小时后用完；行动进行中：倒计时中。',
      en: '4.31 GB left, 0.69 GB below the limit of 5 GB; runs out in 5–9 hours; an action is in flight: counting down.',
    },
  },
  {
    meter: 'pkg-ecs-sg-02', level: 'critical', limit: gb(20), limitText: '20 GB', steps: ['70%', '90%'], lower: gb(15.2),
    early: 14 * HOUR, late: 30 * HOUR, code: 'watch',
    say: {
      'zh-CN': '剩余 18.75 GB，比闸线 20 GB 低 1.25 GB；预计 14–30 小时后用完；已越过闸线，但不会行动：只看不动（未布防）。',
      en: '18.75 GB left, 1.25 GB below the limit of 20 GB; runs out in 14–30 hours; over the limit, but it does not act: it only watches (not armed).',
    },
  },
  {
    meter: 'pkg-ecs-bj-03', level: 'warning', armed: 29, limit: gb(10), limitText: '10 GB', steps: ['70%', '85%', '95%'], lower: gb(31),
    early: 3 * DAY, late: 5 * DAY, code: 'under',
    say: {
      'zh-CN': '剩余 38.2 GB，比闸线 10 GB 高 28.2 GB；预计 3–5 天后用完；未越过闸线，无需行动。',
      en: '38.2 GB left, 28.2 GB above the limit of 10 GB; runs out in 3–5 days; not over the limit, nothing to do.',
    },
  },
  {
    meter: 'pkg-game-hk-01', level: 'critical', armed: 12, limit: gib(2), limitText: '2 GiB', steps: ['80%'], code: 'acting', acting: 'verified',
    say: {
      'zh-CN': '剩余 1.92 GiB，比闸线 2 GiB 低 0.08 GiB；名单中没有仍在运行的对象。',
      en: '1.92 GiB left, 0.08 GiB below the limit of 2 GiB; none of the frozen targets is running.',
    },
  },
  {
    meter: 'pkg-legacy-01', level: 'blind', armed: 20, limit: gb(10), limitText: '10 GB', steps: ['70%'], code: 'blind',
    say: {
      'zh-CN': '失明（密钥被平台拒绝），始于 6 小时前；失明时不会行动。',
      en: 'blind (the provider refuses the key) since 6 hours ago; nothing is acted on while blind.',
    },
  },
  {
    meter: 'balance', level: 'warning', limit: null, limitText: null, steps: ['50 CNY'], early: 8 * DAY, late: 10 * DAY, code: 'under', lower: yuan(39),
    contract: { 'zh-CN': '最多越过告警线 ¥ 0.40：读数间隔 5 分钟。', en: 'It can overshoot by at most ¥ 0.40: 5 minutes between looks.' },
    say: { 'zh-CN': '剩余 ¥ 41.20；预计 8–10 天后用完；这条规则只提醒，不会停任何东西。', en: '¥ 41.20 left; runs out in 8–10 days; this guard only warns, it stops nothing.' },
  },
];

function why(rule: Rule, meter: MeterView, lang: Lang): WhyView {
  return {
    code: rule.code, text: rule.say[lang],
    args: {
      headroom: meter.remaining, distance: null, lower_bound: rule.lower ?? null, limit: rule.limit ? { headroom: rule.limit } : null,
      blind: rule.code === 'blind' ? ['auth', at(-6 * HOUR)] : null, over: rule.level === 'critical', belts: [],
      acting: rule.acting === 'planned' ? ['planned', at(48_000)] : null,
    },
  };
}

function ruleOf(meter: MeterView): Rule {
  const found = [...balanceRules(), ...quotaRules(users()), ...RULES].find((rule) => rule.meter === meter.meter && (rule.account ?? meter.account) === meter.account);
  const left = meter.remaining ? text(meter.remaining, meter.binary) : '';
  return found ?? {
    meter: meter.meter, level: 'calm', limit: gb(10), limitText: '10 GB', steps: ['70%', '85%', '95%'], code: 'watch',
    say: {
      'zh-CN': `剩余 ${left}；按目前用速可撑到周期结束；未越过闸线；即使越过也不会行动：只看不动（未布防）。`,
      en: `${left} left; lasts the window at the current pace; not over the limit; even then it would not act: it only watches (not armed).`,
    },
    ...(meter.meter.length % 2 ? { early: 40 * DAY, late: 60 * DAY } : {}),
  };
}

const CONTRACT: Record<Lang, string> = {
  'zh-CN': '最多越过闸线 2.8 GB：数据滞后 12 分钟，读数间隔 5 分钟，倒计时 60 秒，停止需 40 秒。',
  en: 'It can overshoot by at most 2.8 GB: 12 minutes of lag, 5 minutes between looks, 60 seconds of countdown, 40 seconds to stop.',
};

function band(early: number, late: number, lang: Lang): string {
  const unit = early >= DAY ? DAY : HOUR;
  const word = lang === 'en' ? (unit === DAY ? 'days' : 'hours') : unit === DAY ? '天' : '小时';
  const span = `${Math.floor(early / unit)}–${Math.ceil(late / unit)}`;
  return lang === 'en' ? `runs out in ${span} ${word}` : `预计 ${span} ${word}后用完`;
}

function forecast(rule: Rule, meter: MeterView, lang: Lang): ForecastView {
  if (rule.early !== undefined && rule.late !== undefined) {
    const lasts = meter.window?.end ? Date.parse(meter.window.end) < Date.parse(at(rule.early)) : false;
    return {
      forecast: 'known', samples: 214, burn_likely: gb(0.31), burn_upper: gb(0.9),
      early: lasts ? null : at(rule.early), likely: lasts ? null : at((rule.early + rule.late) / 2), late: lasts ? null : at(rule.late),
      ends_before_window: !lasts,
      text: lasts ? (lang === 'en' ? 'lasts the window at the current pace' : '按目前用速可撑到周期结束') : band(rule.early, rule.late, lang),
    };
  }
  return {
    forecast: 'accumulating', samples: 12, samples_needed: 24, seconds: 720, seconds_needed: 7200, changes: 5, changes_needed: 3,
    text: lang === 'en' ? 'accumulating: 12 minutes of 2 hours' : '正在积累：2 小时中的 12 分钟',
  };
}

function stepAt(text: string, meter: MeterView): Amount | null {
  const whole = meter.limit;
  const step = parseAmount(text, meter.remaining?.unit ?? 'bytes');
  if (!step || step.unit !== 'percent') return step;
  if (!whole) return null;
  const rest = (scaled(whole.value, 6) * (scaled('100', 6) - scaled(step.value, 6))) / scaled('100', 6);
  return { value: `${rest / 1_000_000n}.${String(rest % 1_000_000n).padStart(6, '0')}`, unit: whole.unit };
}

/** Ids are of one program: the same meter of two accounts has two guards. */
export const guardId = (meter: MeterView) => (meter.meter.startsWith('pkg-') || meter.meter === 'balance' ? `guard-${meter.meter}` : `guard-${meter.account}-${meter.meter}`);

function guardOn(meter: MeterView, lang: Lang): MeterGuardView {
  const rule = ruleOf(meter);
  const until = rule.armed === undefined ? null : at(rule.armed * DAY);
  const crossed = (line: Amount | null) => !!line && !!meter.remaining && compare(meter.remaining, line) < 0;
  return {
    id: guardId(meter), level: rule.level, mode: until ? 'armed' : 'watch', armed_until: until, why: why(rule, meter, lang),
    steps: rule.steps.map((text) => ({ text, at: stepAt(text, meter), crossed: crossed(stepAt(text, meter)) })),
    limit: rule.limit && { text: rule.limitText ?? '', at: rule.limit, predictive: false, crossed: crossed(rule.limit) },
    action: rule.limit ? 'stop' : 'warn', countdown: 60, contract: rule.contract?.[lang] ?? (rule.limit ? CONTRACT[lang] : ''), targets: until ? meter.targets : [],
    held_until: null, open_action: rule.acting === 'planned' ? 'planned' : null,
  };
}

const UNGUARDED = new Set(['hw-lab/pkg-relay-01', 'openrouter-lab/credits', 'openai-org/project-web', 'deepseek-team/granted-cny', 'deepseek-team/usable', 'gateway/token']);

/** The meters with their guards on them; some have none. */
export function guarded(meters: MeterView[], lang: Lang): MeterView[] {
  return meters.map((meter): MeterView => {
    if (UNGUARDED.has(`${meter.account}/${meter.meter}`)) return meter;
    const rule = ruleOf(meter);
    const state = rule.acting === 'planned' ? 'acting' : rule.acting === 'verified' ? 'stopped' : rule.level;
    return { ...meter, level: rule.level, state, forecast: rule.level === 'blind' ? null : forecast(rule, meter, lang), guards: [guardOn(meter, lang)] };
  });
}

/** The guards themselves. */
export function guards(meters: MeterView[], lang: Lang): GuardView[] {
  return guarded(meters, lang).flatMap((meter) => meter.guards.map((guard): GuardView => ({
    id: guard.id, account: meter.account, enabled: true, mode: guard.mode, armed_until: guard.armed_until, frozen: guard.targets,
    steps: guard.steps.map((step) => step.text), limit: guard.limit?.text ?? null, action: guard.action, countdown: 60, channels: [], simulated: false,
    meters: [{
      meter: meter.meter, name: meter.name, level: guard.level, remaining: meter.remaining ?? meter.last_good?.remaining ?? null,
      as_of: meter.as_of ?? meter.last_good?.as_of ?? null, binary: meter.binary, why: guard.why, contract: guard.contract, held_until: null,
    }],
  })));
}
