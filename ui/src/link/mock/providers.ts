// Providers of the made-up catalogue that are told as data: a few of each kind of field.
import type { FieldEntry, ProviderEntry } from '@/bindings/api';

type Say = (zh: string, en: string) => string;

const field = (key: string, label: string, hint: string, more: Partial<FieldEntry> = {}): FieldEntry =>
  ({ key, label, secret: false, required: true, hint, form: more.choices ? 'choice' : 'line', choices: [], default: null, ...more });
const secret = (label: string, hint: string, key = 'key') => field(key, label, hint, { secret: true });

type Told = [id: string, name: string, category: ProviderEntry['category'], fields: FieldEntry[], more?: Partial<ProviderEntry>];

/** The providers besides Huawei. */
export function providers(say: Say): ProviderEntry[] {
  const key = secret('API key', say('以 sk- 开头', 'Begins with sk-'));
  const ak = field('ak', 'AccessKey ID', say('密钥的编号', 'The number of the key'));
  const sk = secret('AccessKey Secret', say('只在创建时显示一次', 'Shown once, when it is made'), 'sk');
  const told: Told[] = [
    ['deepseek', 'DeepSeek', 'ai', [key], { keys_at: 'platform.deepseek.com › API keys' }],
    ['openrouter', 'OpenRouter', 'ai', [key], { keys_at: 'openrouter.ai › Keys' }],
    ['openai', 'OpenAI', 'ai', [secret('Admin key', say('以 sk-admin- 开头', 'Begins with sk-admin-'))], { keys_at: 'platform.openai.com › Admin keys' }],
    ['moonshot', 'Moonshot', 'ai', [key, field('host', say('站点', 'Site'), '', { choices: ['api.moonshot.cn', 'api.moonshot.ai'], default: 'api.moonshot.cn' })]],
    ['groq', 'Groq', 'ai', [key, field('budget', say('每月预算', 'Monthly budget'), say('如 20 USD；留空则只看密钥是否有效', 'Such as 20 USD; empty: only whether the key works'), { required: false })],
      { note: say('Groq 没有余额接口：只能看密钥是否有效，以及你填写的预算。', 'Groq has no balance API: only whether the key works can be read, and the budget that you type.') }],
    ['zhipu', say('智谱', 'Zhipu'), 'ai', [key], { standing: 'experimental', confidence: 'code', note: say('平台没有公开这个接口，可能随时失效。', 'The provider does not document this interface; it may end without notice.') }],
    ['elevenlabs', 'ElevenLabs', 'ai', [key]],
    ['newapi-token', 'new-api', 'gateway', [key, field('base', say('网关地址', 'Address of the gateway'), 'https://gateway.example')]],
    ['uniapi', 'UniAPI', 'gateway', [key], { confidence: 'memory' }],
    ['tikhub', 'TikHub', 'data', [key], { confidence: 'code' }],
    ['aliyun-balance', say('阿里云', 'Aliyun'), 'cloud', [ak, sk, field('host', say('站点', 'Site'), '', { choices: ['business.aliyuncs.com', 'business.ap-southeast-1.aliyuncs.com'], default: 'business.aliyuncs.com' })]],
    ['azure-budget', 'Azure', 'cloud', [field('tenant', 'Tenant ID', ''), field('client_id', 'Client ID', ''), secret('Client secret', '', 'client_secret'), field('scope', 'Scope', 'subscriptions/…'), field('budget', say('预算名称', 'Budget'), '')]],
    ['aws-ce', 'AWS Cost Explorer', 'cloud', [ak, sk, field('consent', say('同意付费', 'Agree to the cost'), say('每次查询收费 0.01 美元', 'Each question costs 0.01 USD'), { choices: ['yes'] })]],
    ['proxy', say('代理内核（Mihomo、Clash、sing-box）', 'Proxy kernel (Mihomo, Clash, sing-box)'), 'network', [
      field('controller', say('控制器', 'Controller'), say('auto，或 http://127.0.0.1:9090、unix:/路径', 'auto, or http://127.0.0.1:9090, unix:/path'), { default: 'auto' }),
      field('secret', say('控制器密钥', 'Controller secret'), say('没有就留空', 'Empty where it has none'), { secret: true, required: false }),
      field('device', say('设备编号', 'Device'), say('留空则使用账户的编号', 'Empty: the id of the account'), { required: false }),
      field('logs', say('读取日志', 'Follow its log'), say('短连接的估计更准', 'Better estimates for short connections'), { choices: ['on', 'off'], default: 'on' }),
    ], { keys_at: '', docs_url: '', confidence: 'sdk' }],
    ['subscription', say('代理订阅', 'Proxy subscription'), 'network', [
      field('url', say('订阅地址', 'Subscription address'), say('像密码一样保管', 'Kept like a password'), { secret: true }),
      field('feeds', say('内核里的名称', 'What kernels call it'), say('以逗号分隔', 'Separated by commas'), { required: false, form: 'list' }),
      field('reset_day', say('重置日', 'Reset day'), '1-31', { required: false }),
    ], { keys_at: say('机场的用户面板', 'The panel of your provider'), docs_url: '', confidence: 'sdk' }],
    ['kiwivm', 'BandwagonHost', 'network', [field('veid', 'VEID', ''), secret('API key', '')]],
  ];
  return told.map(([id, name, category, fields, more]) => ({
    id, name, category, fields, sites: [], policies: [], keys_at: say('平台控制台 › API 密钥', 'The provider’s console › API keys'), confidence: 'docs', standing: 'supported', note: '', docs_url: `https://docs.example/${id}`, interval: '10m', interval_least: '1m', ...more,
  }));
}
