//! `quota`: sub-accounts, what each was granted and spent, and what is done to one. Finds a sub-account by its id or its
//! name (`find`); a new key's secret is printed here, once.

mod find;

use tidegate_api::request::{
    AccountAsked, Allocate, BillAsked, ChangePolicy, CountFrom, CreateSubAccount, LedgerAsked, LinkProject,
    QuotaAsked, QuotaRules, QuotasAsked, SubAccountRef, ToggleProjects, UnlinkProject, WithoutQuota,
};
use tidegate_api::response::{MadeSubAccount, QuotaRulesView, QuotaView};
use tidegate_api::{ApiError, ErrorCode, Request, Response};

use self::find::{account, find, nobody, view};
use super::power::{followed, typed_name};
use super::show;
use crate::args::quota::{
    AllocateArgs, BillArgs, CreateArgs, DisableArgs, FromArg, LedgerArgs, LinkArgs, OfAccount, OnOff,
    PolicyArgs, ProjectArgs, QuotaCommand, RulesArgs, ToggleArgs, UserArgs, WithoutArg,
};
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::{out, table};

pub(super) async fn quota(context: &Context, what: Option<QuotaCommand>) -> Ended {
    let what = what.unwrap_or(QuotaCommand::List(OfAccount { account: None }));
    match what {
        QuotaCommand::List(of) => list(context, of).await,
        QuotaCommand::Show(user) => detail(context, &user).await,
        QuotaCommand::Allocate(args) => allocate(context, args).await,
        QuotaCommand::History(args) => history(context, args).await,
        QuotaCommand::Bill(args) => bill(context, args).await,
        QuotaCommand::Projects(of) => listed(context, of, Request::CloudProjects).await,
        QuotaCommand::Policies(of) => listed(context, of, Request::CloudPolicies).await,
        QuotaCommand::Sync(of) => sync(context, of).await,
        QuotaCommand::Create(args) => create(context, *args).await,
        QuotaCommand::Key(user) => key(context, &user).await,
        QuotaCommand::Disable(args) => disable(context, args).await,
        QuotaCommand::Restore(user) => restore(context, &user).await,
        other => change(context, other).await,
    }
}

/// What is done when it is answered.
async fn change(context: &Context, what: QuotaCommand) -> Ended {
    match what {
        QuotaCommand::Link(args) => link(context, args).await,
        QuotaCommand::Unlink(args) => unlink(context, args).await,
        QuotaCommand::Toggle(args) => toggle(context, args).await,
        QuotaCommand::Rules(args) => rules(context, *args).await,
        QuotaCommand::Attach(args) => policy(context, args, true).await,
        QuotaCommand::Detach(args) => policy(context, args, false).await,
        other => Err(Failure::Usage(format!("{other:?} is answered elsewhere"))),
    }
}

async fn told(context: &Context, request: Request) -> Ended {
    show(context, &ask(context, request).await?);
    Ok(Exit::Done)
}

async fn list(context: &Context, of: OfAccount) -> Ended {
    let lang = context.lang;
    let account = of.account;
    told(context, Request::Quotas(QuotasAsked { account, lang })).await
}

/// Exit 1 when an account could not be read, or none is there to be read: silence is no health.
async fn sync(context: &Context, of: OfAccount) -> Ended {
    let spinner = table::spinner(context, "正在读取账单…", "Reading the bill…");
    let (account, lang) = (of.account, context.lang);
    let answered = ask(context, Request::SyncQuotas(QuotasAsked { account, lang })).await;
    spinner.finish_and_clear();
    let response = answered?;
    show(context, &response);
    let Response::Quotas(view) = &response else {
        return Ok(Exit::Done);
    };
    if view.accounts.is_empty() {
        out::to_person(context.say(
            "没有读到任何有子账号的账户；`tidegated doctor` 说明原因。",
            "No account with sub-accounts could be read; `tidegated doctor` tells why.",
        ));
        return Ok(Exit::No);
    }
    let is_blind = view.accounts.iter().any(|one| one.blind.is_some());
    Ok(if is_blind { Exit::No } else { Exit::Done })
}

async fn detail(context: &Context, user: &UserArgs) -> Ended {
    let found = find(context, user).await?;
    told(context, detail_of(context, &found)).await
}

fn detail_of(context: &Context, found: &QuotaView) -> Request {
    Request::Quota(QuotaAsked {
        account: found.account.clone(),
        user: found.user.clone(),
        lang: context.lang,
    })
}

/// The entry goes behind the one that stood there when the sub-account was looked up: another one refuses it.
async fn allocate(context: &Context, args: AllocateArgs) -> Ended {
    let found = find(context, &args.user).await?;
    let request = Request::Allocate(Allocate {
        after: Some(found.entries),
        account: found.account,
        user: found.user,
        amount: args.amount,
        note: args.note,
        below_spent: args.below_spent,
        lang: context.lang,
    });
    told(context, request).await
}

async fn history(context: &Context, args: LedgerArgs) -> Ended {
    let found = find(context, &args.user).await?;
    let (account, user) = (found.account, found.user);
    if !args.csv {
        let ledger = LedgerAsked {
            account,
            user,
            before: None,
            limit: args.limit,
        };
        return told(context, Request::Ledger(ledger)).await;
    }
    let response = ask(context, Request::LedgerCsv(SubAccountRef { account, user })).await?;
    match &response {
        Response::Text(text) if !context.json => out::verbatim(text),
        other => show(context, other),
    }
    Ok(Exit::Done)
}

async fn link(context: &Context, args: LinkArgs) -> Ended {
    let found = find(context, &args.project.user).await?;
    let request = Request::LinkProject(LinkProject {
        account: found.account,
        user: found.user,
        project: args.project.project,
        share: args.share,
        from: match args.from {
            FromArg::Now => CountFrom::Now,
            FromArg::Month => CountFrom::Month,
        },
    });
    told(context, request).await
}

async fn unlink(context: &Context, args: ProjectArgs) -> Ended {
    let found = find(context, &args.user).await?;
    let request = Request::UnlinkProject(UnlinkProject {
        account: found.account,
        user: found.user,
        project: args.project,
    });
    told(context, request).await
}

async fn toggle(context: &Context, args: ToggleArgs) -> Ended {
    let found = find(context, &args.user).await?;
    let request = Request::ToggleProjects(ToggleProjects {
        account: found.account,
        user: found.user,
        project: args.project,
        on: args.state.is_on(),
    });
    told(context, request).await
}

/// What is left out stays as it is; without any option, the rules are shown.
async fn rules(context: &Context, args: RulesArgs) -> Ended {
    let found = find(context, &args.user).await?;
    if !args.changes() {
        return told_rules(context, &found.rules);
    }
    let (account, user) = (found.account.clone(), found.user.clone());
    ask(context, Request::QuotaRules(changed(args, found))).await?;
    let (asked, lang) = (Some(account), context.lang);
    let response = ask(context, Request::Quotas(QuotasAsked { account: asked, lang })).await?;
    let now = view(response)?.users.into_iter().find(|view| view.user == user);
    told_rules(context, &now.ok_or_else(|| nobody(user.as_str()))?.rules)
}

impl RulesArgs {
    fn changes(&self) -> bool {
        self.steps.is_some()
            || self.disable.is_some()
            || self.without_quota.is_some()
            || self.endpoints.is_some()
            || self.instances.is_some()
            || self.note.is_some()
    }
}

fn changed(args: RulesArgs, found: QuotaView) -> QuotaRules {
    let rules = found.rules;
    QuotaRules {
        account: found.account,
        user: found.user,
        steps: args.steps.map_or(rules.steps, |text| steps(&text)),
        disable: args.disable.map_or(rules.disable, OnOff::is_on),
        without_quota: args.without_quota.map_or(rules.without_quota, |word| match word {
            WithoutArg::Watch => WithoutQuota::Watch,
            WithoutArg::Block => WithoutQuota::Block,
        }),
        endpoints: args.endpoints.map_or(rules.endpoints, OnOff::is_on),
        instances: args.instances.map_or(rules.instances, OnOff::is_on),
        note: args.note.unwrap_or(rules.note),
    }
}

/// `50,80,99.5` as `["50%", "80%", "99.5%"]`; `default` as those of the guard.
fn steps(text: &str) -> Option<Vec<String>> {
    let step = |step: &str| format!("{}%", step.trim().trim_end_matches('%'));
    (text != "default").then(|| text.split(',').map(step).collect())
}

fn told_rules(context: &Context, rules: &QuotaRulesView) -> Ended {
    if context.json {
        out::json(&serde_json::to_value(rules).map_err(anyhow::Error::from)?);
    } else {
        out::line(&table::quota_rules(context, rules));
    }
    Ok(Exit::Done)
}

async fn bill(context: &Context, args: BillArgs) -> Ended {
    let account = account(context, args.of).await?;
    let month = args.month;
    told(context, Request::Bill(BillAsked { account, month })).await
}

async fn listed(context: &Context, of: OfAccount, request: fn(AccountAsked) -> Request) -> Ended {
    let account = account(context, of).await?;
    told(context, request(AccountAsked { account })).await
}

async fn policy(context: &Context, args: PolicyArgs, attach: bool) -> Ended {
    let found = find(context, &args.user).await?;
    let request = Request::ChangePolicy(ChangePolicy {
        account: found.account,
        user: found.user,
        policy: args.policy,
        project: args.project,
        attach,
    });
    told(context, request).await
}

async fn create(context: &Context, args: CreateArgs) -> Ended {
    let request = Request::CreateSubAccount(CreateSubAccount {
        account: account(context, args.of).await?,
        title: args.title.unwrap_or_else(|| args.name.clone()),
        name: args.name,
        about: args.about,
        email: args.email,
        phone: args.phone,
        project: args.project,
        policies: args.policies,
        key: args.key,
        lang: context.lang,
    });
    made(context, ask(context, request).await?)
}

async fn key(context: &Context, user: &UserArgs) -> Ended {
    let found = find(context, user).await?;
    let (account, user) = (found.account, found.user);
    let asked = Request::CreateSubAccountKey(SubAccountRef { account, user });
    made(context, ask(context, asked).await?)
}

/// Exit 1 when something of it could not be done.
fn made(context: &Context, response: Response) -> Ended {
    show(context, &response);
    let Response::MadeSubAccount(made) = response else {
        return Ok(Exit::Done);
    };
    once(context, &made);
    Ok(if made.undone.is_empty() {
        Exit::Done
    } else {
        Exit::No
    })
}

fn once(context: &Context, made: &MadeSubAccount) {
    if made.secret.is_some() && !context.json {
        out::to_person(context.say(
            "密钥只显示这一次，潮闸没有保存它；请现在记下。丢失后只能另建一个。",
            "The secret is shown this once and stored nowhere: keep it now. When it is lost, make another key.",
        ));
    }
}

async fn disable(context: &Context, args: DisableArgs) -> Ended {
    let found = find(context, &args.user).await?;
    let typed_name = typed_name(context, &found.name, &found.user, args.yes_name, "--yes-name")?;
    let request = Request::Stop {
        account: found.account,
        target: found.user,
        typed_name,
        forced: false,
    };
    followed(context, request).await
}

async fn restore(context: &Context, user: &UserArgs) -> Ended {
    let found = find(context, user).await?;
    let Response::Quota(detail) = ask(context, detail_of(context, &found)).await? else {
        return Err(another_answer());
    };
    let Some(action) = detail.restorable else {
        let text = context.say(
            "没有可以撤销的停用：潮闸没有停用它，或已经恢复。",
            "There is no disable to undo: Tidegate did not disable it, or it is restored already.",
        );
        return Err(ApiError::new(ErrorCode::Refused, text).into());
    };
    followed(context, Request::Restore { action }).await
}

fn another_answer() -> Failure {
    Failure::Outside("the guard gave another answer".to_owned())
}
