// The made-up world's kinds of channels, and what the made-up guard says of a draft and a try.
import type { ChannelItem, ChannelKindEntry, DraftView, FieldEntry, MailboxItem } from '@/bindings/api';

type Say = (zh: string, en: string) => string;
type Found = DraftView['findings'][number];

const field = (key: string, label: string, hint = '', more: Partial<FieldEntry> = {}): FieldEntry =>
  ({ key, label, secret: false, required: false, hint, form: more.choices ? 'choice' : 'line', choices: [], default: null, ...more });

/** Every kind, as the catalogue tells it. */
export function kinds(say: Say): ChannelKindEntry[] {
  const url = (label: string, hint: string) => field('url', label, hint, { secret: true, required: true });
  const secret = field('secret', say('签名密钥', 'Signing secret'), say('打开签名校验时才有', 'only when a signature is asked for'), { secret: true });
  const keyword = field('keyword', say('关键词', 'Keyword'), say('机器人要求的关键词', 'the word that the bot demands'));
  const mention = field('mention', say('严重消息提醒谁', 'Called by critical messages'), say('all 表示所有人', 'all for everybody'), { form: 'list' });
  const told: [id: string, name: string, hint: string, fields: FieldEntry[]][] = [
    ['feishu', say('飞书', 'Feishu'), say('在飞书群里添加一个自定义机器人，把它的网址粘贴到这里。', 'Add a custom bot to a Feishu group and paste its address here.'), [url(say('机器人网址', 'Bot address'), 'https://open.feishu.cn/…'), secret, keyword, mention]],
    ['dingtalk', say('钉钉', 'DingTalk'), say('在钉钉群里添加一个自定义机器人，把它的网址粘贴到这里。', 'Add a custom robot to a DingTalk group and paste its address here.'), [url(say('机器人网址', 'Robot address'), 'oapi.dingtalk.com/robot/send?access_token=…'), secret, keyword, mention]],
    ['wecom', say('企业微信', 'WeCom'), say('在企业微信群里添加一个群机器人，把它的网址粘贴到这里。', 'Add a group robot in WeCom and paste its address here.'), [url(say('机器人网址', 'Robot address'), 'qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…'), mention]],
    ['telegram', say('Telegram 机器人', 'Telegram bot'), say('向 @BotFather 建一个机器人；先给它发一条消息，或把它加入群。', 'Make a bot with @BotFather; write to it first, or add it to a group.'), [field('token', say('机器人令牌', 'Bot token'), '123456789:AA…', { secret: true, required: true }), field('chat_id', say('会话编号', 'Chat'), say('群为负数', 'negative for a group'), { required: true }), field('thread_id', say('话题编号', 'Topic')), field('base', say('API 地址', 'API address'), 'https://api.telegram.org'), mention]],
    ['slack', say('Slack、Mattermost 或 Discord', 'Slack, Mattermost or Discord'), say('任何兼容 Slack 传入 webhook 的地址；Discord 的地址后面要加上 /slack。', "Any address that speaks like Slack's incoming webhooks; write /slack after Discord's."), [url(say('webhook 网址', 'Webhook address'), 'https://hooks.slack.com/…'), mention]],
    ['webhook', say('自定义 webhook', 'Webhook'), say('把消息作为 JSON 发到你自己的地址。', 'Sends each message as JSON to an address of your own.'), [url(say('网址', 'Address'), say('https 地址，本机可用 http', 'https, or http on this machine')), field('authorization', say('Authorization 请求头', 'Authorization header'), 'Bearer …', { secret: true }), field('method', say('方法', 'Method'), say('默认 POST', 'POST unless said otherwise'), { choices: ['POST', 'PUT'] }), field('template', say('模板', 'Template'), say('JSON；留空用默认', 'JSON; empty for the default'), { form: 'text' }), field('ok_pointer', say('成功判断：位置', 'Success: where'), say('应答 JSON 中的位置，如 /code', 'a place in the answer such as /code')), field('ok_equals', say('成功判断：值', 'Success: what'), say('该位置应有的值，如 0', 'the value there, such as 0'))]],
    ['smtp', say('邮件（SMTP）', 'Mail (SMTP)'), say('用一个邮箱账号发信。', 'Sends through a mail account.'), [field('host', say('服务器', 'Server'), say('如 smtp.qq.com', 'such as smtp.qq.com'), { required: true }), field('port', say('端口', 'Port'), say('默认 465 或 587', '465 or 587 unless said otherwise'), { form: 'number' }), field('tls', say('加密', 'Encryption'), say('implicit：一开始就加密', 'implicit: from the first byte'), { choices: ['implicit', 'starttls'] }), field('username', say('用户名', 'User')), field('password', say('密码或授权码', 'Password or code'), '', { secret: true }), field('from', say('发件人', 'From'), '', { required: true }), field('to', say('收件人', 'To'), say('一个或几个地址', 'one or several addresses'), { required: true, form: 'list' }), field('ca', say('自建机构的证书', 'Own authority'), 'PEM', { form: 'text' })]],
    ['desktop', say('桌面通知', 'Desktop notices'), say('在这台电脑的屏幕上提醒。', "Tells you on this computer's screen."), []],
  ];
  return told.map(([id, name, hint, fields]) => ({ id, name, hint, fields, available: true }));
}

/** What is wrong with channels and mailboxes of a draft. */
export function findings(channel: ChannelItem[], mailbox: MailboxItem[], en: boolean): Found[] {
  const missing = (path: string): Found => ({ path, code: 'missing', text: en ? 'This must be filled in.' : '必须填写。' });
  const port = (path: string): Found => ({ path, code: 'not_allowed', text: en ? 'A port is a number from 1 to 65535.' : '端口是 1 到 65535 的数字。' });
  const wrong = (value: unknown) => value !== undefined && (typeof value !== 'number' || value < 1 || value > 65_535);
  return [
    ...channel.flatMap((item, n) => [
      ...(wrong(item.port) ? [port(`channel[${n}].port`)] : []),
      ...(!['desktop', 'smtp', 'telegram'].includes(item.kind) && !item.url ? [missing(`channel[${n}].url`)] : []),
    ]),
    ...mailbox.flatMap((item, n) => [
      ...(wrong(item.port) ? [port(`mailbox[${n}].port`)] : []),
      ...(item.host === '' ? [missing(`mailbox[${n}].host`)] : []),
    ]),
  ];
}
