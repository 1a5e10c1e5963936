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
    ['kiwivm', 'BandwagonHost', 'network', [field('veid', 'VEID', ''), secret('API key', '')]],
  ];
  return told.map(([id, name, category, fields, more]) => ({
    id, name, category, fields, sites: [], policies: [], keys_at: say('平台控制台 › API 密钥', 'The provider’s console › API keys'), confidence: 'docs', standing: 'supported', note: '', docs_url: `https://docs.example/${id}`, interval: '10m', interval_least: '1m', ...more,
  }));
}
