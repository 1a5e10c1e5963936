//! A subscription as it is offered when an account is set up: its address, what else can be said of it, and the guard to
//! begin with. Owns their texts in both languages; what each field takes is the provider's.

use serde_json::json;
use tidegate_meter::{Lang, print_span};
use tidegate_providers::subscription_info::{FIELDS, INTERVAL, INTERVAL_LEAST};

use super::{Field, Said, fields};
use crate::request::Item;
use crate::response::{FieldEntry, FieldForm, ProviderEntry, TemplateEntry};

/// Its word in the configuration.
const ID: &str = "subscription";

pub(super) fn provider(lang: Lang) -> ProviderEntry {
    let mut every = address(lang);
    every.extend(FIELDS.iter().map(|field| FieldEntry {
        key: field.key.to_owned(),
        label: label(field.key).told(lang),
        secret: false,
        required: false,
        hint: field.allowed(lang).to_owned(),
        form: FieldForm::Line,
        choices: Vec::new(),
        default: usual(field.key),
    }));
    ProviderEntry {
        id: ID.to_owned(),
        name: Said("机场订阅", "Proxy subscription").told(lang),
        fields: every,
        sites: Vec::new(),
        policies: Vec::new(),
        keys_at: Said(
            "机场面板 › 订阅（Clash / 通用订阅链接）› 复制；任何拿到这个链接的人都能用你的流量",
            "the panel › subscription (Clash or general link) › copy; whoever has this link can use your traffic",
        )
        .told(lang),
        category: "network".to_owned(),
        standing: "supported".to_owned(),
        confidence: "code".to_owned(),
        note: Said(
            "面板会统计订阅请求次数：潮闸最多每 15 分钟取一次，默认每小时一次。链接是密钥，不会出现在日志、消息和导出里。",
            "Panels count requests: Tidegate asks every 15 minutes at most, hourly by default. The link is a secret and \
             stands in no log, message or export.",
        )
        .told(lang),
        docs_url: String::new(),
        interval: print_span(INTERVAL),
        interval_least: print_span(INTERVAL_LEAST),
    }
}

fn address(lang: Lang) -> Vec<FieldEntry> {
    fields(
        [Field {
            key: "url",
            label: Said("订阅链接", "Subscription link"),
            required: true,
            hint: Said(
                "以 https:// 开头，整条复制",
                "begins with https://; copy all of it",
            ),
        }],
        lang,
    )
}

fn label(key: &str) -> Said {
    match key {
        "feeds" => Said("内核里的名称", "Name in the kernels"),
        "reset_day" => Said("重置日", "Reset day"),
        "multipliers" => Said("节点倍率", "Multipliers of nodes"),
        "user_agent" => Said("客户端标识", "User agent"),
        "via" => Said("获取方式", "Way to the panel"),
        "leak_bytes" => Said("泄露检查：容许的差值", "Leak check: bytes that may differ"),
        _ => Said("泄露检查：容许的比例", "Leak check: share that may differ"),
    }
}

fn usual(key: &str) -> Option<String> {
    let usual = match key {
        "via" => "direct",
        "leak_bytes" => "100 MiB",
        "leak_share" => "20%",
        _ => return None,
    };
    Some(usual.to_owned())
}

/// Nothing of a subscription can be stopped from here: it tells.
pub(super) fn template(lang: Lang) -> TemplateEntry {
    TemplateEntry {
        id: "subscription_left".to_owned(),
        name: Said("流量快用完时提醒", "Tell before the traffic is used up").told(lang),
        sentence: Said(
            "用到 70%、85%、95% 时各提醒一次，预计 3 天内用完时也提醒。",
            "Tells once at 70, 85 and 95 % used, and when it may run out within three days.",
        )
        .told(lang),
        provider: ID.to_owned(),
        guard: Item(json!({ "meter": "traffic", "steps": ["70%", "85%", "95%", "3d"], "action": "warn" })),
    }
}
