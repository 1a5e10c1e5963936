// Balances and spendings of the made-up world: one in each state that the page can meet, in four currencies.
import type { AccountItem, AccountView, Amount, FiguresView, MeterView, TrendView } from '@/bindings/api';
import { parts, scaled } from '@/composables/decimal';
import { at, DAY, HOUR, MINUTE } from './clock';
import type { Rule } from './guards';
import { history } from './records';

const money = (value: string, unit: string): Amount => ({ value, unit });

interface Made { account: string; meter: string; name: string; kind?: MeterView['kind']; left?: Amount; used?: Amount; whole?: Amount; age?: number; monthly?: boolean }

/** Accounts at providers that are told as data: id, name, provider, how it stands. */
const ACCOUNTS: [string, string, string, string | null][] = [
  ['deepseek-team', 'DeepSeek 团队', 'deepseek', null],
  ['openrouter', 'OpenRouter', 'openrouter', null],
  ['openrouter-lab', 'OpenRouter lab', 'openrouter', null],
  ['openai-org', 'OpenAI org', 'openai', null],
  ['moonshot', 'Moonshot', 'moonshot', 'transient'],
  ['gateway', 'new-api 网关', 'newapi-token', null],
  ['aliyun', '阿里云主账户', 'aliyun-balance', null],
  ['elevenlabs', 'ElevenLabs', 'elevenlabs', null],
  ['groq', 'Groq', 'groq', null],
  ['azure', 'Azure', 'azure-budget', 'scope'],
];

/** The accounts as they are configured. */
export function accountItems(): AccountItem[] {
  return ACCOUNTS.map(([id, name, provider]) => ({ id, name, provider, secret: { key: `vault:${id}` } }));
}

/** The accounts as the schedule has them. */
export function accounts(): AccountView[] {
  return ACCOUNTS.map(([account, name, , reason]) => ({
    account, name, enabled: true, reason, detail: reason === 'scope' ? '403: the client may not read this budget' : reason ? '502 from api.moonshot.cn' : null,
    looked_at: at(-3 * MINUTE), next_at: at(7 * MINUTE), interval: 600, meters: meters().filter((meter) => meter.account === account).length, simulated: false,
  }));
}

function made(row: Made): MeterView {
  const [, account_name = ''] = ACCOUNTS.find(([id]) => id === row.account) ?? [];
  return {
    account: row.account, meter: row.meter, name: row.name, kind: row.kind ?? 'balance', outcome: 'known', reason: null, detail: null,
    used: row.used ?? null, limit: row.whole ?? null, remaining: row.left ?? null,
    window: row.monthly ? { kind: 'month', start: at(-20 * DAY), end: at(10 * DAY) } : null,
    as_of: at(-(row.age ?? 3) * MINUTE), fetched_at: at(-(row.age ?? 3) * MINUTE), last_good: null, binary: false, targets: [], guards: [], account_name,
    level: null, state: 'unguarded', blind_since: null, as_of_source: 'fetch', lag_ms: null, forecast: null, simulated: false,
  };
}

/** The meters, without the guards on them. */
export function meters(): MeterView[] {
  const blind: MeterView = {
    ...made({ account: 'moonshot', meter: 'available', name: '可用余额' }), outcome: 'blind', reason: 'transient', detail: '502 from api.moonshot.cn', as_of: null,
    last_good: { remaining: money('63.80', 'CNY'), used: null, as_of: at(-5 * HOUR) }, blind_since: at(-5 * HOUR),
  };
  return [
    made({ account: 'deepseek-team', meter: 'total-cny', name: '余额', left: money('8.35', 'CNY') }),
    made({ account: 'deepseek-team', meter: 'granted-cny', name: '赠送余额', left: money('0', 'CNY') }),
    made({ account: 'deepseek-team', meter: 'usable', name: '可以调用', left: money('100', 'percent'), whole: money('100', 'percent') }),
    made({ account: 'openrouter', meter: 'credits', name: 'Credits', left: money('12.504318', 'USD'), used: money('87.495682', 'USD'), whole: money('100', 'USD'), age: 6 }),
    made({ account: 'openrouter-lab', meter: 'credits', name: 'Credits', left: money('3.1', 'USD'), age: 6 }),
    made({ account: 'openai-org', meter: 'month', name: 'This month', kind: 'spending', used: money('84.12', 'USD'), left: money('15.88', 'USD'), whole: money('100', 'USD'), age: 20, monthly: true }),
    made({ account: 'openai-org', meter: 'project-web', name: 'Project web', kind: 'spending', used: money('21.4', 'USD'), age: 20, monthly: true }),
    blind,
    made({ account: 'gateway', meter: 'token', name: '令牌', used: money('125', 'credits'), age: 9 }),
    made({ account: 'aliyun', meter: 'available', name: '可用额度', left: money('-3.20', 'CNY'), age: 2 }),
    made({ account: 'elevenlabs', meter: 'characters', name: 'Characters', used: money('61200', 'credits'), left: money('38800', 'credits'), whole: money('100000', 'credits'), monthly: true }),
  ];
}

const left = (amount: Amount | undefined) => {
  const { number, unit, before } = parts(amount ?? money('0', 'USD'), false);
  return before ? `${unit} ${number}` : `${number} ${unit}`;
};

function rule(meter: string, account: string, level: Rule['level'], step: string, more: Partial<Rule> = {}): Rule {
  const found = meters().find((row) => row.meter === meter && row.account === account);
  const amount = left(found?.remaining ?? undefined);
  const [zh, en] = level === 'calm' ? ['高于', 'above'] : ['低于', 'below'];
  return {
    meter, account, level, steps: [step], limit: null, limitText: null, code: 'under',
    say: { 'zh-CN': `剩余 ${amount}，${zh}告警线 ${step}。只告警。`, en: `${amount} left, ${en} the step of ${step}. It only warns.` }, ...more,
  };
}

/** The guards on them; `openrouter-lab`, the project and the granted balance have none. */
export function rules(): Rule[] {
  return [
    rule('total-cny', 'deepseek-team', 'warning', '10 CNY', { early: 2 * DAY, late: 4 * DAY }),
    rule('credits', 'openrouter', 'calm', '5 USD', { early: 9 * DAY, late: 12 * DAY }),
    rule('month', 'openai-org', 'warning', '80%', { early: 3 * DAY, late: 5 * DAY }),
    rule('available', 'aliyun', 'critical', '100 CNY', { early: 0, late: HOUR }),
    rule('characters', 'elevenlabs', 'calm', '20000 credits', { early: 19 * DAY, late: 26 * DAY }),
    rule('available', 'moonshot', 'blind', '50 CNY', {
      code: 'blind', say: { 'zh-CN': '失明（网络或平台故障），始于 5 小时前；最后已知的余额可能已经不对。', en: 'blind (network or provider fault) since 5 hours ago; the last known balance may no longer be true.' },
    }),
  ];
}

/** A whole number of hundredths as an amount. */
function cents(raw: bigint, unit: string): Amount {
  const digits = String(raw < 0n ? -raw : raw).padStart(3, '0');
  return { value: `${raw < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`, unit };
}

/** What a month of readings comes to. */
export function trend(meter: MeterView, start: string, end: string): TrendView {
  const rows = history(meter, start, end, 60);
  const of = meter.remaining || meter.last_good ? 'remaining' : 'used';
  const unit = (meter.remaining ?? meter.used ?? meter.last_good?.remaining)?.unit ?? 'CNY';
  const samples = rows.map((row) => ({ at: row.as_of, value: { value: row.remaining?.value ?? '0', unit } }));
  const by = [...samples].sort((a, b) => Number(scaled(a.value.value, 6) - scaled(b.value.value, 6)));
  const [first, last, lowest, highest] = [samples[0], samples.at(-1), by[0], by.at(-1)];
  const figures: FiguresView | null = first && last && lowest && highest ? {
    readings: 4319, first, last, lowest, highest, average: samples[Math.floor(samples.length / 2)]?.value ?? first.value,
    change: cents(scaled(last.value.value, 2) - scaled(first.value.value, 2), unit),
    change_share: cents(((scaled(last.value.value, 2) - scaled(first.value.value, 2)) * 10_000n) / (scaled(first.value.value, 2) || 1n), 'percent'), burned: { value: '47.11', unit }, burned_daily: { value: '1.58', unit },
  } : null;
  return {
    account: meter.account, meter: meter.meter, name: meter.name, unit, binary: false, start, end, of, figures, events: [at(-11 * DAY)], gaps: 2, silent: 40_000,
    steps: meter.guards[0]?.steps ?? [], limits: [], forecast: meter.forecast, points: samples.map((sample) => ({ at: sample.at, value: sample.value.value })),
  };
}


/** What a live test of a key finds. */
export function found(): MeterView[] {
  return [
    made({ account: 'new', meter: 'total', name: '余额', left: money('41.20', 'CNY') }),
    made({ account: 'new', meter: 'granted', name: '赠送余额', left: money('5', 'CNY') }),
  ];
}
