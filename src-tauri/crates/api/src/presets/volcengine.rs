//! Volcengine as it is offered when an account is set up: the fields of its key, the policies to paste, and the guard to
//! begin with. Owns their texts in both languages; the policies are the provider's.

use serde_json::json;
use tidegate_meter::{Lang, print_span};
use tidegate_providers::volcengine::{BillBasis, policy};

use super::{Field, Said, fields};
use crate::limits;
use crate::request::Item;
use crate::response::{FieldEntry, FieldForm, PolicyEntry, ProviderEntry, TemplateEntry};

/// Its word in the configuration.
const ID: &str = "volcengine";

pub(super) fn provider(lang: Lang) -> ProviderEntry {
    let mut every = keys(lang);
    every.extend(params(lang));
    ProviderEntry {
        id: ID.to_owned(),
        name: Said("火山引擎（子账号额度）", "Volcengine (sub-account quotas)").told(lang),
        fields: every,
        sites: Vec::new(),
        policies: policy::POLICIES.iter().map(|policy| told(*policy, lang)).collect(),
        keys_at: Said(
            "火山引擎控制台 › 访问控制 › 用户 › 新建一个只给潮闸用的用户 › 密钥（console.volcengine.com/iam）；不要用主账号的密钥",
            "Volcengine console › IAM › Users › make a user for Tidegate alone › Keys (console.volcengine.com/iam); never \
             the main account's own key",
        )
        .told(lang),
        category: "cloud".to_owned(),
        standing: "supported".to_owned(),
        confidence: "sdk".to_owned(),
        note: Said(
            "账单按项目计，大模型用量要到次日才入账（T+1）：停用之前还会多花最近一天的钱。能授予策略和创建密钥的用户实际上等于管理员，请只在需要时授予 act 与 manage。",
            "The bill counts by project, and models are billed on the next day (T+1): a disable comes a day of spending \
             late. A user that may attach policies and make keys is an administrator in effect: grant act and manage only \
             where you need them.",
        )
        .told(lang),
        docs_url: "https://www.volcengine.com/docs/6257".to_owned(),
        interval: "1h".to_owned(),
        interval_least: print_span(limits::INTERVAL_MIN),
    }
}

fn keys(lang: Lang) -> Vec<FieldEntry> {
    fields(
        [
            Field {
                key: "ak",
                label: Said("访问密钥 ID（AK）", "Access key ID (AK)"),
                required: true,
                hint: Said("以 AKLT 开头", "begins with AKLT"),
            },
            Field {
                key: "sk",
                label: Said("秘密访问密钥（SK）", "Secret access key (SK)"),
                required: true,
                hint: Said("只在创建密钥时显示一次", "shown once, when the key was made"),
            },
            Field {
                key: "security_token",
                label: Said("安全令牌", "Security token"),
                required: false,
                hint: Said(
                    "仅临时密钥需要，不适合长期守护",
                    "only for a temporary key, which does not suit a guard",
                ),
            },
        ],
        lang,
    )
}

fn params(lang: Lang) -> [FieldEntry; 2] {
    let field = |key: &str, label: Said, hint: Said| FieldEntry {
        key: key.to_owned(),
        label: label.told(lang),
        secret: false,
        required: false,
        hint: hint.told(lang),
        form: FieldForm::Line,
        choices: Vec::new(),
        default: None,
    };
    let basis = field(
        "bill_basis",
        Said("按哪个金额计", "Which amount counts"),
        Said(
            "payable：应付；discounted：折后，计入代金券与免费额度；original：原价",
            "payable: what is to be paid; discounted: also what coupons and free quotas pay; original: the list price",
        ),
    );
    [
        FieldEntry {
            form: FieldForm::Choice,
            choices: BillBasis::ALL.map(|basis| basis.name().to_owned()).to_vec(),
            default: Some(BillBasis::default().name().to_owned()),
            ..basis
        },
        field(
            "policies",
            Said("可授予的策略", "Policies that may be attached"),
            Said(
                "名称以逗号分隔；留空则为系统策略中不涉及用户、密钥与费用的那些",
                "names separated by commas; empty: the cloud's own, without those over users, keys and money",
            ),
        ),
    ]
}

fn told(policy: policy::Policy, lang: Lang) -> PolicyEntry {
    let name = match policy.id {
        "watch" => Said(
            "只读：账单、用户、项目与策略",
            "Read only: bills, users, projects and policies",
        ),
        "act" => Said(
            "行动：停用与恢复子账号",
            "Acting: disable and restore a sub-account",
        ),
        "manage" => Said(
            "管理：创建子账号与密钥、按项目授予策略",
            "Managing: make sub-accounts and keys, attach policies by project",
        ),
        "watch_things" => Said(
            "只读：推理接入点与服务器（停用时连同它们才需要）",
            "Read only: endpoints and servers, where a disable includes them",
        ),
        "act_things" => Said(
            "行动：停止与启动推理接入点和服务器",
            "Acting: stop and start endpoints and servers",
        ),
        _ => Said(
            "自我约束：潮闸的用户不能给自己授权；填入账号 ID 与用户名",
            "Restraint: Tidegate's own user cannot raise itself; fill in the account id and its name",
        ),
    };
    PolicyEntry {
        id: policy.id.to_owned(),
        name: name.told(lang),
        text: policy.text.to_owned(),
    }
}

/// It only tells until it is armed.
pub(super) fn template(lang: Lang) -> TemplateEntry {
    TemplateEntry {
        id: "prepaid_quota".to_owned(),
        name: Said("用完额度即停用", "Disable when a quota is used up").told(lang),
        sentence: Said(
            "每个子账号用到额度的 50%、80%、90% 各提醒一次，用完时倒计时 60 秒后停用。布防之前只提醒。",
            "Tells at 50 %, 80 % and 90 % of each sub-account's quota, and disables it after a 60 s countdown when the quota \
             is used up. Until it is armed it only warns.",
        )
        .told(lang),
        provider: ID.to_owned(),
        guard: Item(json!({
            "steps": ["50%", "80%", "90%"],
            "limit": "100%",
            "action": "stop",
            "countdown": print_span(limits::COUNTDOWN_DEFAULT),
        })),
    }
}
