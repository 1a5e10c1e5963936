//! Sub-accounts, their quotas and the bill for people.

use tidegate_api::Response;
use tidegate_api::request::WithoutQuota;
use tidegate_api::response::{
    AllocatedView, AllocationView, BillView, ClosedDeedView, CloudPolicyView, CloudProjectView, LedgerView,
    MadeSubAccount, QuotaAccountView, QuotaDetailView, QuotaProjectView, QuotaRulesView, QuotaView,
    QuotasView,
};
use tidegate_api::words::{Quantity, Time};

use super::guarding::level_word;
use super::{age, amount, name, plain, sheet};
use crate::context::Context;

/// Every answer about quotas; `None` for any other.
pub(super) fn text(context: &Context, response: &Response) -> Option<String> {
    Some(match response {
        Response::Quotas(view) => list(context, view),
        Response::Quota(view) => detail(context, view),
        Response::Ledger(view) => ledger(context, view),
        Response::Allocated(view) => allocated(context, view),
        Response::Bill(view) => bill(context, view),
        Response::CloudProjects(projects) => cloud_projects(context, projects),
        Response::CloudPolicies(policies) => cloud_policies(context, policies),
        Response::MadeSubAccount(made) => made_sub_account(context, made),
        _ => return None,
    })
}

fn list(context: &Context, view: &QuotasView) -> String {
    let head = [
        ("账户", "account"),
        ("子账号", "sub-account"),
        ("ID", "id"),
        ("已划拨", "granted"),
        ("已花", "spent"),
        ("剩余", "left"),
        ("比例", "share"),
        ("状态", "level"),
        ("项目", "projects"),
    ];
    let rows = view.users.iter().map(|user| row(context, user));
    let mut text = sheet(context, &head, rows.collect());
    for user in &view.users {
        text.push_str(&format!("\n{}: {}", plain(&user.name), plain(&user.sentence)));
    }
    for account in &view.accounts {
        text.push('\n');
        text.push_str(&account_line(context, account));
    }
    text
}

fn row(context: &Context, user: &QuotaView) -> Vec<String> {
    vec![
        user.account.to_string(),
        user.name.clone(),
        user.user.to_string(),
        amount(user.granted, false),
        known(user, user.spent),
        known(user, user.left),
        user.share.map_or_else(|| "-".to_owned(), percent),
        level_word(context, user.level).to_owned(),
        format!("{}/{}", user.projects_on, user.projects),
    ]
}

/// What is only known of before is marked as such.
fn known(user: &QuotaView, quantity: Option<Quantity>) -> String {
    match (&user.blind, quantity) {
        (Some(_), None) => "?".to_owned(),
        (Some(_), some) => format!("? ({})", amount(some, false)),
        (None, some) => amount(some, false),
    }
}

fn percent(share: Quantity) -> String {
    format!("{}%", share.decimal())
}

fn account_line(context: &Context, account: &QuotaAccountView) -> String {
    let read = match (&account.blind, account.billed_at) {
        (Some(blind), _) => format!("{}: {}", context.say("失明", "blind"), plain(blind)),
        (None, Some(at)) => format!("{} {}", context.say("账单读取于", "bill read"), ago(context, at)),
        (None, None) => context
            .say("还没有读到账单", "the bill was not read yet")
            .to_owned(),
    };
    let nobodys = sums(&account.unattributed);
    format!(
        "{} · {} · {read} · {} {nobodys} · {} {} h",
        account.account,
        account.month,
        context.say("无人承担", "charged to nobody:"),
        context.say("账单落后", "the bill runs behind by"),
        account.delay_hours,
    )
}

fn ago(context: &Context, at: Time) -> String {
    let age = age(context, Some(at));
    match context.lang {
        tidegate_api::words::Lang::Zh => format!("{age} 前"),
        tidegate_api::words::Lang::En => format!("{age} ago"),
    }
}

/// Amounts of several currencies are never added.
fn sums(amounts: &[Quantity]) -> String {
    if amounts.is_empty() {
        return "-".to_owned();
    }
    let each: Vec<String> = amounts.iter().map(|one| amount(Some(*one), false)).collect();
    each.join(" + ")
}

fn detail(context: &Context, view: &QuotaDetailView) -> String {
    let quota = &view.quota;
    let mut lines = vec![
        format!("{} · {} · {}", quota.account, plain(&quota.name), quota.user),
        plain(&quota.sentence),
        format!(
            "{} {} · {} {} · {} {} · {} {}",
            context.say("已划拨", "granted"),
            amount(quota.granted, false),
            context.say("已花", "spent"),
            known(quota, quota.spent),
            context.say("剩余", "left"),
            known(quota, quota.left),
            context.say("截至", "as of"),
            quota.as_of.map_or_else(|| "-".to_owned(), |at| at.to_string()),
        ),
        rules(context, &quota.rules),
        projects(context, &view.projects),
    ];
    match &view.blind {
        Some(blind) => lines.push(format!(
            "{}: {}",
            context.say(
                "密钥、登录与策略读不到",
                "keys, login and policies cannot be read"
            ),
            plain(blind)
        )),
        None => lines.extend(stands(context, view)),
    }
    lines.extend(view.closed.iter().map(|closed| deed(context, closed)));
    lines.extend(
        view.survives
            .iter()
            .map(|sentence| format!("! {}", plain(sentence))),
    );
    if view.restorable.is_some() {
        let next = context.say(
            "撤销停用：tidegated quota restore",
            "To undo the disable: tidegated quota restore",
        );
        lines.push(format!("{next} {}", plain(&quota.name)));
    }
    lines.join("\n")
}

fn projects(context: &Context, projects: &[QuotaProjectView]) -> String {
    let head = [
        ("项目", "project"),
        ("计费", "charged"),
        ("份额", "share"),
        ("起算", "counts from"),
        ("此前不计", "left out"),
        ("本月", "this month"),
        ("累计", "in all"),
    ];
    let rows = projects.iter().map(|project| {
        vec![
            project.project.clone(),
            on_off(context, project.on).to_owned(),
            project.share.clone(),
            format!("{} ({})", project.first_month, project.since),
            amount(project.baseline, false),
            amount(project.this_month, false),
            amount(project.in_all, false),
        ]
    });
    sheet(context, &head, rows.collect())
}

const fn on_off(context: &Context, on: bool) -> &'static str {
    if on {
        crate::out::pick(context.lang, "开", "on")
    } else {
        crate::out::pick(context.lang, "关", "off")
    }
}

fn stands(context: &Context, view: &QuotaDetailView) -> Vec<String> {
    let keys = view.keys.iter().map(|key| {
        let state = if key.active {
            context.say("有效", "active")
        } else {
            context.say("已停用", "inactive")
        };
        format!("{} ({state})", plain(&key.id))
    });
    let login = match view.login {
        Some(true) => context.say("允许", "allowed"),
        Some(false) => context.say("不允许", "not allowed"),
        None => context.say("没有", "none"),
    };
    let policies = view.policies.iter().map(|policy| {
        let place = if policy.everywhere {
            String::new()
        } else {
            format!(" @ {}", plain(&policy.projects.join(", ")))
        };
        format!("{}{place}", plain(&policy.name))
    });
    let listed = |label: &str, each: Vec<String>| {
        let each = if each.is_empty() {
            "-".to_owned()
        } else {
            each.join(", ")
        };
        format!("{label}: {each}")
    };
    vec![
        listed(context.say("访问密钥", "access keys"), keys.collect()),
        listed(context.say("控制台登录", "console login"), vec![login.to_owned()]),
        listed(context.say("策略", "policies"), policies.collect()),
        listed(
            context.say("用户组", "groups"),
            view.groups.iter().map(|group| plain(group)).collect(),
        ),
    ]
}

fn deed(context: &Context, closed: &ClosedDeedView) -> String {
    let what = if closed.disable {
        context.say("停用", "disable")
    } else {
        context.say("恢复", "restore")
    };
    let mut text = format!("{what} {} · {}", closed.action, closed.state);
    for piece in &closed.pieces {
        let why = piece
            .why
            .as_ref()
            .map(|why| format!(": {}", plain(why)))
            .unwrap_or_default();
        let at = piece.at.map(|at| format!(" · {at}")).unwrap_or_default();
        text.push_str(&format!(
            "\n  {} [{}]{why}{at}",
            plain(&piece.what),
            name(&piece.state)
        ));
    }
    text
}

/// The rules of a sub-account in one line.
pub(super) fn rules(context: &Context, rules: &QuotaRulesView) -> String {
    let own = if rules.steps.is_some() {
        context.say("自己的", "its own")
    } else {
        context.say("规则的或默认", "the guard's or the usual")
    };
    let without = match rules.without_quota {
        WithoutQuota::Watch => context.say("只观察", "watched"),
        WithoutQuota::Block => context.say("不许花费", "blocked"),
    };
    let mut text = format!(
        "{} {} ({own}) · {} {} · {} {without} · {} {} · {} {}",
        context.say("阶梯", "steps"),
        if rules.steps_in_force.is_empty() {
            "-".to_owned()
        } else {
            rules.steps_in_force.join(" ")
        },
        context.say("自动停用", "disable"),
        on_off(context, rules.disable),
        context.say("没有额度时", "without a quota"),
        context.say("连同推理接入点", "endpoints"),
        on_off(context, rules.endpoints),
        context.say("连同服务器", "servers"),
        on_off(context, rules.instances),
    );
    if !rules.note.is_empty() {
        text.push_str(&format!(" · {}", plain(&rules.note)));
    }
    text
}

fn ledger(context: &Context, view: &LedgerView) -> String {
    let head = [
        ("序号", "entry"),
        ("时间", "at"),
        ("金额", "amount"),
        ("之后总额", "total after"),
        ("操作人", "by"),
        ("备注", "note"),
    ];
    let rows = view.entries.iter().map(|entry| {
        vec![
            entry.seq.to_string(),
            entry.at.to_string(),
            signed(entry),
            amount(Some(entry.total), false),
            entry.by.clone(),
            entry.note.clone(),
        ]
    });
    let mut text = sheet(context, &head, rows.collect());
    if view.more {
        text.push('\n');
        text.push_str(context.say(
            "还有更早的：--limit N，或 --csv 输出全部。",
            "There are older ones: --limit N, or --csv for all.",
        ));
    }
    text
}

/// With its sign, also above zero.
fn signed(entry: &AllocationView) -> String {
    let sign = if entry.amount.is_negative() { "" } else { "+" };
    format!("{sign}{}", amount(Some(entry.amount), false))
}

fn allocated(context: &Context, view: &AllocatedView) -> String {
    let mut text = format!(
        "{} {} · {} {}\n{}: {}",
        plain(&view.quota.name),
        signed(&view.entry),
        context.say("之后总额", "total after it"),
        amount(Some(view.entry.total), false),
        plain(&view.quota.name),
        plain(&view.quota.sentence),
    );
    if view.restorable.is_some() {
        let next = context.say(
            "它仍处于停用；现在可以恢复：tidegated quota restore",
            "It is still disabled; restore it now: tidegated quota restore",
        );
        text.push_str(&format!("\n{next} {}", plain(&view.quota.name)));
    }
    text
}

/// Each row with its projects under it.
fn bill(context: &Context, view: &BillView) -> String {
    let head = [
        ("子账号", "sub-account"),
        ("项目", "project"),
        ("份额", "share"),
        ("项目花费", "project's cost"),
        ("计入", "charged"),
    ];
    let mut rows = Vec::new();
    for row in &view.rows {
        let who = if row.user.is_none() {
            context.say("（无人承担）", "(nobody)").to_owned()
        } else {
            row.name.clone()
        };
        rows.push(vec![
            who,
            String::new(),
            String::new(),
            String::new(),
            sums(&row.amounts),
        ]);
        rows.extend(row.projects.iter().map(|project| {
            vec![
                String::new(),
                project.project.clone(),
                project.share.clone().unwrap_or_else(|| "-".to_owned()),
                amount(Some(project.cost), false),
                amount(Some(project.charged), false),
            ]
        }));
    }
    let state = match (view.at, view.running) {
        (None, _) => context.say("还没有读取过", "never read").to_owned(),
        (Some(at), true) => format!(
            "{} · {}",
            ago(context, at),
            context.say("还会变", "may still change")
        ),
        (Some(at), false) => ago(context, at),
    };
    format!(
        "{} · {} · {state}\n{}\n{} {}",
        view.account,
        view.month,
        sheet(context, &head, rows),
        context.say("合计", "in all"),
        sums(&view.totals),
    )
}

fn cloud_projects(context: &Context, projects: &[CloudProjectView]) -> String {
    let head = [
        ("项目", "project"),
        ("名称", "name"),
        ("由谁承担", "charged to"),
        ("无人承担", "charged to nobody"),
    ];
    let rows = projects.iter().map(|project| {
        vec![
            project.name.clone(),
            project.title.clone(),
            project.users.join(", "),
            project.free.clone(),
        ]
    });
    sheet(context, &head, rows.collect())
}

fn cloud_policies(context: &Context, policies: &[CloudPolicyView]) -> String {
    let head = [("策略", "policy"), ("来源", "whose"), ("说明", "what it allows")];
    let rows = policies.iter().map(|policy| {
        let whose = if policy.system {
            context.say("系统", "the cloud's")
        } else {
            context.say("自定义", "your own")
        };
        vec![policy.name.clone(), whose.to_owned(), policy.about.clone()]
    });
    sheet(context, &head, rows.collect())
}

/// The one place where a new key's secret is written out.
fn made_sub_account(context: &Context, made: &MadeSubAccount) -> String {
    let mut lines = vec![format!("{} · {}", plain(&made.name), made.user)];
    if let Some(key) = &made.key {
        lines.push(format!(
            "{}: {}",
            context.say("访问密钥 ID", "access key id"),
            plain(key)
        ));
    }
    if let Some(secret) = &made.secret {
        lines.push(format!(
            "{}: {}",
            context.say("秘密访问密钥", "secret access key"),
            secret.0
        ));
    }
    lines.extend(made.undone.iter().map(|undone| format!("! {}", plain(undone))));
    lines.join("\n")
}
