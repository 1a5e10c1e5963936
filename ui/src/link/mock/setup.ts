// What can be set up in the made-up world: catalogue, items, settings, backups, channels.
import type { AccountItem, BackupView, CatalogueView, ChannelView, GuardItem, GuardView, ItemsView, MailboxItem, RenewalItem, SettingsView } from '@/bindings/api';
import { accountItems } from './balances';
import { kinds } from './channels';
import { at, DAY, HOUR } from './clock';
import { providers } from './providers';

type Lang = 'zh-CN' | 'en';

/** A field that is typed freely. */
const PLAIN = { form: 'line' as const, choices: [], default: null };

/** What there is to choose from. */
export function catalogue(lang: Lang): CatalogueView {
  const say = (zh: string, en: string) => (lang === 'zh-CN' ? zh : en);
  const policy = '{\n  "Version": "1.1",\n  "Statement": [\n    { "Effect": "Allow", "Action": ["bss:*:get*", "bss:*:list*", "ecs:*:get*", "ecs:*:list*"] }\n  ]\n}';
  return {
    providers: [{
      id: 'huawei', name: say('华为云', 'Huawei Cloud'),
      fields: [
        { key: 'ak', label: 'Access Key ID', secret: true, required: true, hint: say('二十个大写字母和数字', 'Twenty capital letters and digits'), ...PLAIN },
        { key: 'sk', label: 'Secret Access Key', secret: true, required: true, hint: say('四十个字符', 'Forty characters'), ...PLAIN },
      ],
      sites: [
        { id: 'auto', name: say('自动识别', 'Find out by itself') },
        { id: 'china', name: say('中国站', 'China') },
        { id: 'international', name: say('国际站', 'International') },
      ],
      policies: [
        { id: 'watch', name: say('只读：读取流量包、余额和服务器状态', 'Reads packages, balance and server state'), text: policy },
        { id: 'act', name: say('还可以停止和启动服务器', 'Also stops and starts servers'), text: policy.replace('"ecs:*:list*"', '"ecs:*:list*", "ecs:cloudServers:stop", "ecs:cloudServers:start"') },
      ],
      keys_at: say('控制台 › 我的凭证 › 访问密钥', 'Console › My Credentials › Access Keys'),
      category: 'cloud', confidence: 'sdk', standing: 'supported', note: '', docs_url: '', interval: '5m', interval_least: '1m',
    }, ...providers(say)],
    channels: kinds(say),
    templates: [
      { id: 'careful', provider: 'huawei', name: say('谨慎', 'Careful'), sentence: say('70 %、85 %、95 % 时提醒，剩 10 GB 时停止服务器。', 'Warns at 70, 85 and 95 %, stops the server at 10 GB left.'), guard: { steps: ['70%', '85%', '95%'], limit: '10 GB', action: 'stop', countdown: '60s' } },
      { id: 'watch', provider: 'huawei', name: say('只提醒', 'Only warn'), sentence: say('70 % 和 90 % 时提醒，从不停止。', 'Warns at 70 and 90 %, never stops anything.'), guard: { steps: ['70%', '90%'], action: 'warn' } },
    ],
    defaults: { interval: '5m', interval_near: '1m', countdown: '60s', arm: '30d' },
  };
}

/** The configured items, from the guards that there are. */
export function items(guards: GuardView[], renewal: RenewalItem[], mailbox: MailboxItem[], any: boolean): ItemsView {
  const account = (id: string, name: string): AccountItem => ({ id, provider: 'huawei', name, site: 'auto', secret: { ak: `vault:${id}`, sk: `vault:${id}` } });
  return {
    account: !any ? [] : [account('hw-main', '华为主账户'), account('hw-lab', 'Huawei lab'), account('hw-old', '旧站点'), ...accountItems()],
    channel: [{ id: 'ops', kind: 'feishu', url: 'vault:ops', language: 'zh-CN' }, { id: 'night', kind: 'feishu', url: 'vault:night' }, { id: 'desk', kind: 'desktop' }, { id: 'own', kind: 'webhook', url: 'vault:own', severity: 'warning', headers: { 'X-Team': 'env:TEAM' } }, { id: 'post', kind: 'smtp', host: 'smtp.qq.com', port: 465, username: 'ops@qq.com', password: 'env:POST', from: 'ops@qq.com', to: ['me@example.com', 'duty@example.com'] }],
    guard: guards.map((guard): GuardItem => ({ id: guard.id, account: guard.account, meter: guard.meters[0]?.meter ?? '*', steps: guard.steps, limit: guard.limit ?? undefined, action: guard.action === 'stop' ? 'stop' : 'warn', countdown: '60s' })),
    renewal,
    mailbox,
  };
}

/** Channels with what they last said. */
export function channels(): ChannelView[] {
  const channel = (id: string, kind: string, more: Partial<ChannelView>): ChannelView => ({
    id, kind, enabled: true, language: 'zh-CN', secrets: kind === 'feishu' ? { url: `vault:${id}` } : {}, last_success: null, last_error: null, waiting: 0, ...more,
  });
  return [
    channel('ops', 'feishu', { last_success: at(-12_000) }),
    channel('night', 'feishu', { last_success: at(-4 * DAY), last_error: [at(-6 * HOUR), '19024: the keyword is missing'], waiting: 1 }),
    channel('desk', 'desktop', { last_success: at(-12_000) }),
    channel('own', 'webhook', { last_success: at(-3 * HOUR) }),
    channel('post', 'smtp', {}),
  ];
}

/** The settings. */
export function settings(more: Partial<SettingsView>): SettingsView {
  return {
    language: 'system', theme: 'system', quiet_hours: { start: '22:30', end: '07:00', zone: 'Asia/Shanghai' },
    guard_defaults: { steps: ['70%', '85%', '95%'], limit: null, action: 'warn', countdown: '60s' },
    start_at_login: false, welcomed: true, demo: false, data_folder: '/home/you/.local/share/tidegate', vault: 'keychain', report: { daily: true, at: '23:55', weekly: null, channels: [], quiet_when_idle: false }, zone: 'Asia/Shanghai', ...more,
  };
}

/** Copies of the database. */
export function backups(): BackupView[] {
  return Array.from({ length: 7 }, (_, n) => ({ name: `tidegate-${at(-n * DAY).slice(0, 10)}.db`, at: at(-n * DAY - HOUR), bytes: 4_812_000 - n * 32_000 }));
}
