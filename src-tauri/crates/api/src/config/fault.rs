//! What is wrong with a configuration text: data with a place, and its sentence in both languages.
//! A value that stood in the text is never repeated: it may be a secret in the wrong place. Only keys, ids and what is
//! allowed are named.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tidegate_channels::webhook::TemplateError;
use tidegate_meter::{Lang, print_span};

/// What would have been allowed at a place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "allowed")]
pub enum Allowed {
    /// An id.
    Slug,
    /// A provider's own id of a meter or server.
    Member,
    /// Text of at most so many characters, without control characters.
    Text {
        /// The most characters.
        chars: usize,
    },
    /// A span between two others.
    Span {
        /// The shortest.
        min: Duration,
        /// The longest.
        max: Duration,
    },
    /// A whole number between two others.
    Whole {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// One of these words.
    OneOf {
        /// The words.
        words: Vec<String>,
    },
    /// A threshold.
    Step,
    /// A line.
    Limit,
    /// A region's name.
    Region,
    /// `https`, or `http` on loopback or a private address.
    Endpoint,
    /// A bandwidth.
    Bandwidth,
    /// A renewal's cycle.
    Cycle,
    /// A day of the week by number.
    Weekday,
    /// A day of the month.
    DayOfMonth,
    /// A month and a day.
    DayOfYear,
    /// A date.
    Date,
    /// An amount of money with its currency.
    Price,
    /// Who is called by name: `all`, a telephone number, an id of the platform.
    Mention,
    /// A chat of Telegram.
    Chat,
    /// A topic of a group of Telegram.
    Thread,
    /// An address of an API, with or without a path.
    Base,
    /// A place in a JSON body.
    Pointer,
    /// A header that a webhook may carry.
    Header,
    /// A server's name or address.
    Host,
    /// A mail address.
    Mailbox,
    /// A certificate in PEM form.
    Certificate,
    /// An amount in bytes: the meters of this provider count traffic.
    Bytes,
    /// What this describes.
    Described {
        /// In Chinese.
        zh: String,
        /// In English.
        en: String,
    },
    /// A value of this TOML type: `string`, `boolean`, `integer`, `array`, `table`, `array of tables`.
    Type {
        /// The type.
        name: String,
    },
}

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "code")]
pub enum Fault {
    /// The text is no TOML.
    Syntax {
        /// The parser's word, without the text.
        detail: String,
    },
    /// Longer than a configuration may be.
    TooLong {
        /// The most bytes or entries.
        max: usize,
    },
    /// A key that does not exist here.
    UnknownKey {
        /// The nearest key that does.
        nearest: Option<String>,
        /// All that do.
        known: Vec<String>,
    },
    /// A value that is not allowed here.
    NotAllowed(Allowed),
    /// A webhook's template that cannot be filled.
    Template(TemplateError),
    /// A value that must stand here.
    Missing,
    /// A secret in clear. It is not repeated here.
    LiteralSecret,
    /// An id that was already given.
    Duplicate {
        /// The line that gave it.
        line: usize,
    },
    /// A reference to something that is neither in the text nor configured.
    Dangling {
        /// The id.
        id: String,
        /// Those that are.
        known: Vec<String>,
    },
    /// A description of a provider of one's own has a mistake, told in both languages.
    OwnSpec {
        /// In Chinese.
        zh: String,
        /// In English.
        en: String,
    },
    /// The action needs a limit.
    ActionWithoutLimit,
    /// An id that the demonstration has.
    Reserved,
}

/// One thing that is wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The line, from 1; 0 where there are none, as in the environment.
    pub line: usize,
    /// The field: `guard[0].limit`; empty for the whole text; a variable's name in the environment.
    pub path: String,
    /// What is wrong.
    #[serde(flatten)]
    pub fault: Fault,
}

impl Finding {
    /// One line for a person: place, cause, what is allowed.
    #[must_use]
    pub fn render(&self, lang: Lang) -> String {
        let what = fault_text(&self.fault, lang);
        let place = match (self.path.is_empty(), lang) {
            // Of no text: a variable of the environment.
            (false, _) if self.line == 0 => self.path.clone(),
            (true, Lang::Zh) => format!("第 {} 行", self.line),
            (true, Lang::En) => format!("line {}", self.line),
            (false, Lang::Zh) => format!("第 {} 行 {}", self.line, self.path),
            (false, Lang::En) => format!("line {}, {}", self.line, self.path),
        };
        match lang {
            Lang::Zh => format!("{place}：{what}"),
            Lang::En => format!("{place}: {what}"),
        }
    }
}

impl Finding {
    /// The class: `missing`, `not_allowed`, `literal_secret`, ….
    #[must_use]
    pub fn code(&self) -> String {
        let fault = serde_json::to_value(&self.fault).unwrap_or_default();
        let code = fault.get("code").and_then(serde_json::Value::as_str);
        code.unwrap_or("unknown").to_owned()
    }

    /// What is wrong, for a form that shows it beside the field: nothing of lines or terminals.
    #[must_use]
    pub fn beside(&self, lang: Lang) -> String {
        let own = match &self.fault {
            Fault::Duplicate { .. } => Some(("这个标识已经用过", "this id is taken already")),
            Fault::LiteralSecret => Some((
                "这里像是明文密钥；请填到密钥栏，它只存入钥匙串",
                "a secret seems to stand here; type it into its own field, which goes to the keychain alone",
            )),
            Fault::ActionWithoutLimit => Some((
                "要自动行动就必须设闸线",
                "an action needs a limit: the line whose crossing asks for it",
            )),
            _ => None,
        };
        match (own, lang) {
            (Some((zh, _)), Lang::Zh) => zh.to_owned(),
            (Some((_, en)), Lang::En) => en.to_owned(),
            (None, lang) => fault_text(&self.fault, lang),
        }
    }
}

/// Everything that is wrong with a text, in the order of its lines; never empty.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{} of the configuration must be corrected; the first: {}", .0.len(), .0.first().map(|f| f.render(Lang::En)).unwrap_or_default())]
pub struct Findings(pub Vec<Finding>);

fn fault_text(fault: &Fault, lang: Lang) -> String {
    match lang {
        Lang::Zh => fault_zh(fault),
        Lang::En => fault_en(fault),
    }
}

fn fault_en(fault: &Fault) -> String {
    match fault {
        Fault::Syntax { detail } => format!("this is no TOML: {detail}"),
        Fault::TooLong { max } => format!("too long; at most {max}"),
        Fault::UnknownKey { nearest: Some(key), .. } => format!("unknown key; did you mean `{key}`?"),
        Fault::UnknownKey { nearest: None, known } => format!("unknown key; known here: {}", known.join(", ")),
        Fault::NotAllowed(allowed) => format!("not allowed; use {}", allowed_en(allowed)),
        Fault::Template(fault) => fault.say(Lang::En),
        Fault::Missing => "is missing".to_owned(),
        Fault::LiteralSecret => {
            "a secret stands here in clear; write `env:NAME` or `vault:NAME` and store the secret with `tidegated vault set NAME`".to_owned()
        }
        Fault::Duplicate { line } => format!("this id was already given in line {line}"),
        Fault::Dangling { id, known } if known.is_empty() => format!("there is no `{id}`"),
        Fault::Dangling { id, known } => format!("there is no `{id}`; there are: {}", known.join(", ")),
        Fault::OwnSpec { en, .. } => en.clone(),
        Fault::Reserved => "this id belongs to the demonstration; choose another".to_owned(),
        Fault::ActionWithoutLimit => "an action needs `limit`: the line whose crossing asks for it".to_owned(),
    }
}

fn fault_zh(fault: &Fault) -> String {
    match fault {
        Fault::Syntax { detail } => format!("不是合法的 TOML：{detail}"),
        Fault::TooLong { max } => format!("过长，最多 {max}"),
        Fault::UnknownKey {
            nearest: Some(key), ..
        } => format!("没有这个键，是否想写 `{key}`？"),
        Fault::UnknownKey { nearest: None, known } => format!("没有这个键，此处可用：{}", known.join("、")),
        Fault::NotAllowed(allowed) => format!("不允许这个值，请用{}", allowed_zh(allowed)),
        Fault::Template(fault) => fault.say(Lang::Zh),
        Fault::Missing => "缺少这一项".to_owned(),
        Fault::LiteralSecret => {
            "这里写了明文密钥；请改写 `env:名称` 或 `vault:名称`，并用 `tidegated vault set 名称` 保存密钥"
                .to_owned()
        }
        Fault::Duplicate { line } => format!("这个标识已在第 {line} 行出现"),
        Fault::Dangling { id, known } if known.is_empty() => format!("不存在 `{id}`"),
        Fault::Dangling { id, known } => format!("不存在 `{id}`，现有：{}", known.join("、")),
        Fault::OwnSpec { zh, .. } => zh.clone(),
        Fault::Reserved => "这个标识留给演示使用，请换一个".to_owned(),
        Fault::ActionWithoutLimit => "有行动就必须有 `limit`：越过哪条线才行动".to_owned(),
    }
}

fn allowed_en(allowed: &Allowed) -> String {
    match allowed {
        Allowed::Slug => "1 to 64 of a-z, 0-9, `-`, `_`, `.`, beginning with a letter or digit".to_owned(),
        Allowed::Member => "1 to 160 printable characters without spaces".to_owned(),
        Allowed::Text { chars } => format!("1 to {chars} characters on one line"),
        Allowed::Span { min, max } => {
            format!(
                "a span from {} to {}, such as 90s, 5m, 2h, 30d",
                print_span(*min),
                print_span(*max)
            )
        }
        Allowed::Whole { min, max } => format!("a whole number from {min} to {max}"),
        Allowed::OneOf { words } => words.join(" | "),
        Allowed::Step => {
            "a share used such as \"70%\", a headroom such as \"20 GB\" or \"50 CNY\", or a run-out such as \"2d\""
                .to_owned()
        }
        Allowed::Limit => {
            "a headroom such as \"10 GB\", a share used such as \"98%\", or \"predictive 5 GB\"".to_owned()
        }
        Allowed::Region => "a region's name such as \"cn-north-4\"".to_owned(),
        Allowed::Endpoint => {
            "an https address without path, or http on a loopback or private address".to_owned()
        }
        Allowed::Bandwidth => "a bandwidth such as \"30 Mbit\" or \"1 Gbit\"".to_owned(),
        Allowed::Mention => "`all`, a telephone number, or an id of the platform".to_owned(),
        Allowed::Chat => {
            "a text with the chat's number such as \"-1001234567890\", or a public channel's \"@name\""
                .to_owned()
        }
        Allowed::Thread => "a text with the topic's number such as \"7\"".to_owned(),
        Allowed::Base => {
            "an https address such as \"https://api.telegram.org\", or http on this machine".to_owned()
        }
        Allowed::Pointer => "a place in the answer such as \"/data/code\"".to_owned(),
        Allowed::Header => "a header's name other than those that the request sets itself".to_owned(),
        Allowed::Host => "a server's name such as \"smtp.qq.com\"".to_owned(),
        Allowed::Mailbox => {
            "a mail address such as \"name@example.com\" or \"Name <name@example.com>\"".to_owned()
        }
        Allowed::Certificate => {
            "a certificate in PEM form, beginning with -----BEGIN CERTIFICATE-----".to_owned()
        }
        Allowed::Bytes => "an amount of traffic such as \"20 GB\" or \"20 GiB\"".to_owned(),
        Allowed::Cycle => {
            "weekly | monthly | yearly | \"every N days\" | \"every N months\" | once | trial".to_owned()
        }
        Allowed::Weekday => "a day of the week from \"1\" (Monday) to \"7\"".to_owned(),
        Allowed::DayOfMonth => "a day of the month from \"1\" to \"31\"".to_owned(),
        Allowed::DayOfYear => "a month and a day such as \"02-29\"".to_owned(),
        Allowed::Date => "a date such as \"2026-03-15\"".to_owned(),
        Allowed::Price => "an amount with its currency such as \"68 CNY\"".to_owned(),
        Allowed::Described { en, .. } => en.clone(),
        Allowed::Type { name } => format!("a value of type {name}"),
    }
}

fn allowed_zh(allowed: &Allowed) -> String {
    match allowed {
        Allowed::Slug => " 1 到 64 个 a-z、0-9、`-`、`_`、`.`，以字母或数字开头".to_owned(),
        Allowed::Member => " 1 到 160 个可见字符，不含空格".to_owned(),
        Allowed::Text { chars } => format!("单行 1 到 {chars} 个字符"),
        Allowed::Span { min, max } => {
            format!(
                " {} 到 {} 的时长，如 90s、5m、2h、30d",
                print_span(*min),
                print_span(*max)
            )
        }
        Allowed::Whole { min, max } => format!(" {min} 到 {max} 的整数"),
        Allowed::OneOf { words } => format!(" {}", words.join(" | ")),
        Allowed::Step => "已用比例（\"70%\"）、余量（\"20 GB\"、\"50 CNY\"）或耗尽时长（\"2d\"）".to_owned(),
        Allowed::Limit => "余量（\"10 GB\"）、已用比例（\"98%\"）或 \"predictive 5 GB\"".to_owned(),
        Allowed::Region => "区域名，如 \"cn-north-4\"".to_owned(),
        Allowed::Endpoint => "不带路径的 https 地址，或本机、内网的 http 地址".to_owned(),
        Allowed::Bandwidth => "带宽，如 \"30 Mbit\" 或 \"1 Gbit\"".to_owned(),
        Allowed::Mention => " `all`、手机号或平台内的账号".to_owned(),
        Allowed::Chat => "会话编号的文本，如 \"-1001234567890\"，或公开频道的 \"@名称\"".to_owned(),
        Allowed::Thread => "话题编号的文本，如 \"7\"".to_owned(),
        Allowed::Base => " https 地址，如 \"https://api.telegram.org\"，或本机的 http 地址".to_owned(),
        Allowed::Pointer => "应答中的位置，如 \"/data/code\"".to_owned(),
        Allowed::Header => "请求自身不使用的请求头名称".to_owned(),
        Allowed::Host => "服务器名，如 \"smtp.qq.com\"".to_owned(),
        Allowed::Mailbox => "邮件地址，如 \"name@example.com\" 或 \"名称 <name@example.com>\"".to_owned(),
        Allowed::Certificate => " PEM 格式的证书，以 -----BEGIN CERTIFICATE----- 开头".to_owned(),
        Allowed::Bytes => "流量，如 \"20 GB\" 或 \"20 GiB\"".to_owned(),
        Allowed::Cycle => {
            " weekly | monthly | yearly | \"every N days\" | \"every N months\" | once | trial".to_owned()
        }
        Allowed::Weekday => "星期几，\"1\"（星期一）到 \"7\"".to_owned(),
        Allowed::DayOfMonth => "每月的日子，\"1\" 到 \"31\"".to_owned(),
        Allowed::DayOfYear => "月-日，如 \"02-29\"".to_owned(),
        Allowed::Date => "日期，如 \"2026-03-15\"".to_owned(),
        Allowed::Price => "带币种的金额，如 \"68 CNY\"".to_owned(),
        Allowed::Described { zh, .. } => zh.clone(),
        Allowed::Type { name } => format!(" {name} 类型的值"),
    }
}
