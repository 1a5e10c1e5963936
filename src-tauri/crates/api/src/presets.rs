//! What there is to choose from when a guard is set up: providers with the fields of their keys (`volcengine`, `proxy` and
//! `subscription` have a file of their own), kinds of channels (`channels`), guards to begin with. Owns their texts in both languages; every preset is read by the format's own reader in a test
//! (`tests/setup.rs`).

mod channels;
mod proxy;
mod subscription;
mod volcengine;

use serde_json::json;
use tidegate_guard::ActionKind;
use tidegate_meter::{Lang, print_span};
use tidegate_providers::huawei::policy;
use tidegate_providers::specs::Registry;

use crate::request::Item;
use crate::response::{
    CatalogueView, ChoiceEntry, DefaultsView, FieldEntry, FieldForm, GuardDefaults, PolicyEntry,
    ProviderEntry, TemplateEntry,
};
use crate::{limits, offers};

/// One text in both languages.
#[derive(Clone, Copy)]
struct Said(&'static str, &'static str);

impl Said {
    fn told(self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.0,
            Lang::En => self.1,
        }
        .to_owned()
    }
}

/// What a new guard begins with until a person says otherwise. It only watches until it is armed.
#[must_use]
pub(crate) fn defaults() -> GuardDefaults {
    GuardDefaults {
        steps: ["70%", "85%", "95%"].map(str::to_owned).to_vec(),
        limit: Some("predictive 5 GB".to_owned()),
        action: ActionKind::Stop,
        countdown: print_span(limits::COUNTDOWN_DEFAULT),
    }
}

/// Everything; `desktop` says whether notices can be shown here.
#[must_use]
pub(crate) fn catalogue(lang: Lang, desktop: bool, specs: &Registry) -> CatalogueView {
    CatalogueView {
        providers: std::iter::once(huawei(lang))
            .chain(std::iter::once(volcengine::provider(lang)))
            .chain(std::iter::once(proxy::provider(lang)))
            .chain(std::iter::once(subscription::provider(lang)))
            .chain(offers::told(specs, lang))
            .collect(),
        channels: channels::all(lang, desktop),
        templates: templates(lang)
            .into_iter()
            .chain(std::iter::once(volcengine::template(lang)))
            .chain(std::iter::once(subscription::template(lang)))
            .collect(),
        defaults: DefaultsView {
            interval: print_span(limits::INTERVAL_DEFAULT),
            interval_near: print_span(limits::INTERVAL_NEAR_DEFAULT),
            countdown: print_span(limits::COUNTDOWN_DEFAULT),
            arm: print_span(limits::ARM_DEFAULT),
        },
    }
}

struct Field {
    key: &'static str,
    label: Said,
    required: bool,
    hint: Said,
}

fn fields<const N: usize>(fields: [Field; N], lang: Lang) -> Vec<FieldEntry> {
    let told = fields.map(|field| FieldEntry {
        key: field.key.to_owned(),
        label: field.label.told(lang),
        secret: true,
        required: field.required,
        hint: field.hint.told(lang),
        form: FieldForm::Line,
        choices: Vec::new(),
        default: None,
    });
    told.to_vec()
}

fn huawei(lang: Lang) -> ProviderEntry {
    let site = |id: &str, name: Said| ChoiceEntry {
        id: id.to_owned(),
        name: name.told(lang),
    };
    ProviderEntry {
        id: "huawei".to_owned(),
        name: Said("华为云", "Huawei Cloud").told(lang),
        fields: huawei_fields(lang),
        sites: vec![
            site("auto", Said("自动识别", "Find out")),
            site("china", Said("中国站", "China site")),
            site("international", Said("国际站", "International site")),
        ],
        policies: policy::POLICIES.iter().map(|policy| told_policy(*policy, lang)).collect(),
        keys_at: Said(
            "华为云控制台 › 右上角用户名 › 我的凭证 › 访问密钥 › 新增访问密钥（console.huaweicloud.com/iam）",
            "Huawei Cloud console › your name, top right › My Credentials › Access Keys › Create (console.huaweicloud.com/iam)",
        )
        .told(lang),
        category: "cloud".to_owned(),
        standing: "supported".to_owned(),
        confidence: "sdk".to_owned(),
        note: String::new(),
        docs_url: String::new(),
        interval: print_span(limits::INTERVAL_DEFAULT),
        interval_least: print_span(limits::INTERVAL_MIN),
    }
}

fn huawei_fields(lang: Lang) -> Vec<FieldEntry> {
    fields(
        [
            Field {
                key: "ak",
                label: Said("访问密钥 ID（AK）", "Access key ID (AK)"),
                required: true,
                hint: Said("20 位大写字母与数字", "20 capital letters and digits"),
            },
            Field {
                key: "sk",
                label: Said("秘密访问密钥（SK）", "Secret access key (SK)"),
                required: true,
                hint: Said(
                    "创建密钥时下载的文件里有；控制台不再显示",
                    "in the file downloaded when the key was made; the console does not show it again",
                ),
            },
            Field {
                key: "security_token",
                label: Said("安全令牌", "Security token"),
                required: false,
                hint: Said(
                    "仅临时密钥需要；24 小时内失效，不适合长期守护",
                    "only for a temporary key; it ends within 24 hours and does not suit a guard",
                ),
            },
        ],
        lang,
    )
}

fn told_policy(policy: policy::Policy, lang: Lang) -> PolicyEntry {
    let name = match policy.id {
        "watch_regional" => Said(
            "只读 · 区域级：看服务器、公网地址与流量",
            "Read only · regional: servers, public addresses and traffic",
        ),
        "watch_global" => Said(
            "只读 · 全局级：看流量包与资源对应关系",
            "Read only · global: traffic packages and what they belong to",
        ),
        "act" => Said(
            "行动：关机与开机，不能删除或改配",
            "Acting: stop and start servers; no deleting, no resizing",
        ),
        "watch_identity" => Said("只读 · 新版身份策略（5.0）", "Read only · identity policy (5.0)"),
        _ => Said(
            "行动 · 新版身份策略（5.0），可限定到单台服务器",
            "Acting · identity policy (5.0), can be limited to single servers",
        ),
    };
    PolicyEntry {
        id: policy.id.to_owned(),
        name: name.told(lang),
        text: policy.text.to_owned(),
    }
}

fn templates(lang: Lang) -> Vec<TemplateEntry> {
    let template = |id: &str, name: Said, sentence: Said, guard| TemplateEntry {
        id: id.to_owned(),
        name: name.told(lang),
        sentence: sentence.told(lang),
        provider: "huawei".to_owned(),
        guard: Item(guard),
    };
    let countdown = print_span(limits::COUNTDOWN_DEFAULT);
    vec![
        template(
            "warn_only",
            Said("只提醒", "Warn only"),
            Said(
                "用到 70%、85%、95% 时各提醒一次，从不停机。",
                "Tells you once at 70, 85 and 95 % used; never stops anything.",
            ),
            json!({ "steps": ["70%", "85%", "95%"], "action": "warn" }),
        ),
        template(
            "stop_before_cost",
            Said("花钱前停机", "Stop before it costs money"),
            Said(
                "逐级提醒；把读数的延迟也算进去，预计剩余不足 5 GB 时倒计时 60 秒后正常关机。布防之前只提醒。",
                "Warns step by step; counts in how late the numbers are, and shuts the server down after a 60 s countdown \
                 when less than 5 GB may be left. Until it is armed it only warns.",
            ),
            json!({
                "steps": ["70%", "85%", "95%"], "limit": "predictive 5 GB", "action": "stop", "countdown": countdown,
            }),
        ),
        template(
            "keep_a_reserve",
            Said("留足余量", "Keep a reserve"),
            Said(
                "更早提醒，用到 90% 就倒计时 5 分钟后正常关机，剩下的一成留给你手动使用。布防之前只提醒。",
                "Warns earlier and shuts the server down after a 5 min countdown at 90 % used, so that a tenth is left \
                 for use by hand. Until it is armed it only warns.",
            ),
            json!({ "steps": ["50%", "70%", "85%"], "limit": "90%", "action": "stop", "countdown": "5m" }),
        ),
    ]
}
