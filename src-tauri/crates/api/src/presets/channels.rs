//! The kinds of channels: their fields, and where in each product an address is made. Owns their texts in both languages;
//! that each field is one the format knows is tested below.

use tidegate_meter::Lang;

use super::Said;
use crate::response::{ChannelKindEntry, FieldEntry, FieldForm};

/// Every kind; `desktop` says whether notices can be shown here.
pub(super) fn all(lang: Lang, desktop: bool) -> Vec<ChannelKindEntry> {
    let mut kinds: Vec<ChannelKindEntry> = KINDS.iter().map(|kind| told(kind, lang)).collect();
    kinds.push(notices(lang, desktop));
    kinds
}

struct Kind {
    id: &'static str,
    name: Said,
    hint: Said,
    fields: &'static [Field],
}

struct Field {
    key: &'static str,
    label: Said,
    hint: Said,
    secret: bool,
    required: bool,
    form: FieldForm,
    choices: &'static [&'static str],
}

/// A line that may be left out and is no secret: what most fields are.
const fn field(key: &'static str, label: Said, hint: Said) -> Field {
    Field {
        key,
        label,
        hint,
        secret: false,
        required: false,
        form: FieldForm::Line,
        choices: &[],
    }
}

impl Field {
    const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    const fn form(self, form: FieldForm) -> Self {
        Self { form, ..self }
    }

    const fn choice(self, choices: &'static [&'static str]) -> Self {
        Self {
            form: FieldForm::Choice,
            choices,
            ..self
        }
    }
}

fn told(kind: &Kind, lang: Lang) -> ChannelKindEntry {
    let entry = |field: &Field| FieldEntry {
        key: field.key.to_owned(),
        label: field.label.told(lang),
        secret: field.secret,
        required: field.required,
        hint: field.hint.told(lang),
        form: field.form,
        choices: field.choices.iter().map(|word| (*word).to_owned()).collect(),
        default: None,
    };
    ChannelKindEntry {
        id: kind.id.to_owned(),
        name: kind.name.told(lang),
        fields: kind.fields.iter().map(entry).collect(),
        hint: kind.hint.told(lang),
        available: true,
    }
}

const KINDS: &[Kind] = &[
    Kind {
        id: "feishu",
        name: Said("飞书", "Feishu"),
        hint: Said(
            "在飞书群里添加一个自定义机器人，把它的网址粘贴到这里。",
            "Add a custom bot to a Feishu group and paste its address here.",
        ),
        fields: &[
            FEISHU_URL,
            field(
                "secret",
                Said("签名密钥", "Signing secret"),
                Said(
                    "机器人安全设置里打开“签名校验”时才有",
                    "only when the bot's security settings ask for a signature",
                ),
            )
            .secret(),
            KEYWORD,
            mention(Said(
                "all 表示所有人，或成员的 open_id",
                "all for everybody, or members' open_id",
            )),
        ],
    },
    Kind {
        id: "dingtalk",
        name: Said("钉钉", "DingTalk"),
        hint: Said(
            "在钉钉群里添加一个自定义机器人，把它的网址粘贴到这里。",
            "Add a custom robot to a DingTalk group and paste its address here.",
        ),
        fields: &[
            field(
                "url",
                Said("机器人网址", "Robot address"),
                Said(
                    "群设置 › 机器人 › 添加机器人 › 自定义，完成后复制的 Webhook（oapi.dingtalk.com/robot/send?access_token=…）",
                    "group settings › Robots › Add › Custom; the webhook shown at the end (oapi.dingtalk.com/robot/send?access_token=…)",
                ),
            )
            .secret()
            .required(),
            field(
                "secret",
                Said("加签密钥", "Signing secret"),
                Said(
                    "安全设置选“加签”时才有，以 SEC 开头",
                    "only when the security settings ask for a signature; begins with SEC",
                ),
            )
            .secret(),
            KEYWORD,
            mention(Said(
                "all 表示所有人，或成员的手机号",
                "all for everybody, or members' telephone numbers",
            )),
        ],
    },
    Kind {
        id: "wecom",
        name: Said("企业微信", "WeCom"),
        hint: Said(
            "在企业微信群里添加一个群机器人，把它的网址粘贴到这里。",
            "Add a group robot in WeCom and paste its address here.",
        ),
        fields: &[
            field(
                "url",
                Said("机器人网址", "Robot address"),
                Said(
                    "群设置 › 群机器人 › 添加机器人后复制的 Webhook（qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…）",
                    "group settings › Group robots › Add; the webhook it shows (qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…)",
                ),
            )
            .secret()
            .required(),
            mention(Said(
                "all 表示所有人，或成员账号、手机号",
                "all for everybody, or members' ids or telephone numbers",
            )),
        ],
    },
    TELEGRAM,
    Kind {
        id: "slack",
        name: Said("Slack、Mattermost 或 Discord", "Slack, Mattermost or Discord"),
        hint: Said(
            "任何兼容 Slack 传入 webhook 的地址；Discord 的地址后面要加上 /slack。",
            "Any address that speaks like Slack's incoming webhooks; write /slack after Discord's.",
        ),
        fields: &[
            field(
                "url",
                Said("webhook 网址", "Webhook address"),
                Said(
                    "Slack：api.slack.com/apps › 你的应用 › Incoming Webhooks；Mattermost：集成 › 传入的 Webhook；Discord：频道设置 › 整合 › Webhook",
                    "Slack: api.slack.com/apps › your app › Incoming Webhooks; Mattermost: Integrations › Incoming Webhooks; Discord: channel settings › Integrations › Webhooks",
                ),
            )
            .secret()
            .required(),
            mention(Said(
                "all 表示整个频道，here 表示在线的人，或成员编号如 U0123ABCD",
                "all for the channel, here for who is online, or members' ids such as U0123ABCD",
            )),
        ],
    },
    WEBHOOK,
    MAIL,
];

const FEISHU_URL: Field = field(
    "url",
    Said("机器人网址", "Bot address"),
    Said(
        "群设置 › 群机器人 › 添加自定义机器人后复制的 Webhook 网址",
        "the webhook address copied after adding a custom bot in the group's settings",
    ),
)
.secret()
.required();

const KEYWORD: Field = field(
    "keyword",
    Said("关键词", "Keyword"),
    Said(
        "机器人安全设置里要求的自定义关键词",
        "the word that the bot's security settings demand",
    ),
);

const fn mention(hint: Said) -> Field {
    field(
        "mention",
        Said("严重消息提醒谁", "Called by critical messages"),
        hint,
    )
    .form(FieldForm::List)
}

const TELEGRAM: Kind = Kind {
    id: "telegram",
    name: Said("Telegram 机器人", "Telegram bot"),
    hint: Said(
        "向 @BotFather 建一个机器人；先给它发一条消息，或把它加入群。中国大陆需要自建或代理的 API 地址。",
        "Make a bot with @BotFather; write to it first, or add it to a group. From mainland China it needs an API address of your own.",
    ),
    fields: &[
        field(
            "token",
            Said("机器人令牌", "Bot token"),
            Said(
                "@BotFather › /newbot 给出，形如 123456789:AA…",
                "given by @BotFather › /newbot, such as 123456789:AA…",
            ),
        )
        .secret()
        .required(),
        field(
            "chat_id",
            Said("会话编号", "Chat"),
            Said(
                "api.telegram.org/bot令牌/getUpdates 中的 chat.id，群为负数；公开频道可写 @名称",
                "chat.id in api.telegram.org/botTOKEN/getUpdates, negative for a group; or a public channel's @name",
            ),
        )
        .required(),
        field(
            "thread_id",
            Said("话题编号", "Topic"),
            Said("仅开启话题的群需要", "only for a group with topics"),
        ),
        field(
            "base",
            Said("API 地址", "API address"),
            Said(
                "默认 https://api.telegram.org；可写自建服务器或反向代理",
                "https://api.telegram.org unless you have a server or proxy of your own",
            ),
        ),
        mention(Said("成员的 @用户名", "members' @names")),
    ],
};

const WEBHOOK: Kind = Kind {
    id: "webhook",
    name: Said("自定义 webhook", "Webhook"),
    hint: Said(
        "把消息作为 JSON 发到你自己的地址；每条带 Idempotency-Key，重复投递时相同。",
        "Sends each message as JSON to an address of your own, with an Idempotency-Key that is the same for a repeat.",
    ),
    fields: &[
        field(
            "url",
            Said("网址", "Address"),
            Said("https 地址，本机可用 http", "https, or http on this machine"),
        )
        .secret()
        .required(),
        field(
            "authorization",
            Said("Authorization 请求头", "Authorization header"),
            Said(
                "整个值，如 Bearer …；不需要时留空",
                "the whole value such as Bearer …; empty for none",
            ),
        )
        .secret(),
        field(
            "method",
            Said("方法", "Method"),
            Said("默认 POST", "POST unless said otherwise"),
        )
        .choice(&["POST", "PUT"]),
        field(
            "template",
            Said("模板", "Template"),
            Said(
                "JSON，可用占位符如 {{title}}、{{text}}、{{severity}}；留空用默认",
                "JSON with places such as {{title}}, {{text}}, {{severity}}; empty for the default",
            ),
        )
        .form(FieldForm::Text),
        field(
            "ok_pointer",
            Said("成功判断：位置", "Success: where"),
            Said(
                "应答 JSON 中的位置，如 /code；留空则 2xx 即成功",
                "a place in the answer such as /code; empty: any 2xx",
            ),
        ),
        field(
            "ok_equals",
            Said("成功判断：值", "Success: what"),
            Said("该位置应有的值，如 0", "the value there, such as 0"),
        ),
    ],
};

const MAIL: Kind = Kind {
    id: "smtp",
    name: Said("邮件（SMTP）", "Mail (SMTP)"),
    hint: Said(
        "用一个邮箱账号发信。QQ 邮箱：设置 › 账号 › 开启 SMTP 并生成授权码，smtp.qq.com，465。",
        "Sends through a mail account. QQ Mail: Settings › Account › switch SMTP on and make a code; smtp.qq.com, 465.",
    ),
    fields: &[
        field(
            "host",
            Said("服务器", "Server"),
            Said("如 smtp.qq.com", "such as smtp.qq.com"),
        )
        .required(),
        field(
            "port",
            Said("端口", "Port"),
            Said(
                "默认 465（implicit）或 587（starttls）",
                "465 (implicit) or 587 (starttls) unless said otherwise",
            ),
        )
        .form(FieldForm::Number),
        field(
            "tls",
            Said("加密", "Encryption"),
            Said(
                "implicit：一开始就加密；starttls：先升级再登录",
                "implicit: from the first byte; starttls: before the login",
            ),
        )
        .choice(&["implicit", "starttls"]),
        field(
            "username",
            Said("用户名", "User"),
            Said("通常是完整的邮件地址", "mostly the whole mail address"),
        ),
        field(
            "password",
            Said("密码或授权码", "Password or code"),
            Said(
                "服务商为 SMTP 生成的授权码",
                "the code that the provider makes for SMTP",
            ),
        )
        .secret(),
        field(
            "from",
            Said("发件人", "From"),
            Said(
                "与用户名相同的地址，可写 名称 <地址>",
                "the address that signs in, also as Name <address>",
            ),
        )
        .required(),
        field(
            "to",
            Said("收件人", "To"),
            Said("一个或几个地址", "one or several addresses"),
        )
        .required()
        .form(FieldForm::List),
        field(
            "ca",
            Said("自建机构的证书", "Own authority"),
            Said("PEM；公共证书不需要", "PEM; not needed for public certificates"),
        )
        .form(FieldForm::Text),
    ],
};

fn notices(lang: Lang, available: bool) -> ChannelKindEntry {
    let hint = if available {
        Said(
            "在这台电脑的屏幕上提醒；你不在电脑前时请再加一个通道。",
            "Tells you on this computer's screen; add another channel for when you are away.",
        )
    } else {
        Said(
            "这里没有桌面可以显示通知；请在桌面启动潮闸。",
            "Nothing here shows notices; start Tidegate on the desktop.",
        )
    };
    ChannelKindEntry {
        id: "desktop".to_owned(),
        name: Said("桌面通知", "Desktop notices").told(lang),
        fields: Vec::new(),
        hint: hint.told(lang),
        available,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tidegate_meter::Lang;

    use super::all;
    use crate::config::{Fault, nothing, parse_items};

    #[test]
    fn the_catalogue_offers_only_what_the_format_knows() {
        let kinds = all(Lang::En, true);
        assert_eq!(kinds.len(), 8);
        for kind in kinds {
            let mut item = json!({ "id": "x", "kind": kind.id });
            for field in &kind.fields {
                item[&field.key] = Value::Bool(true);
            }
            let items = serde_json::from_value(json!({ "channel": [item] })).unwrap();
            let findings = parse_items(&items, &nothing()).err();
            let found = findings.map(|findings| findings.0).unwrap_or_default();
            let unknown = found
                .iter()
                .find(|finding| matches!(finding.fault, Fault::UnknownKey { .. }));
            assert_eq!(unknown, None, "{}", kind.id);
        }
    }
}
