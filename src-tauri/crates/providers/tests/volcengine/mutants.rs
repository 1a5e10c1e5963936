//! Every recorded answer with one thing broken, about two hundred times each: the same money or none, the same users and
//! pieces or none, and never a stop that looks done. A refusal stays one.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use tidegate_guard::ActionKind;
use tidegate_providers::sub_accounts::{
    Bill, Hatch, NewSubAccount, Piece, PieceSeen, Project, Reach, SubAccountDetail, SubAccounts,
};
use tidegate_providers::{Control, ProviderError, Source};

use crate::mutate::json::mutants;
use crate::mutate::judge::{Told, Trial, Truth};
use crate::mutate::mutant::Kind;
use crate::support::*;

/// Another name, id or mark is another truth, as far as anybody can see.
const WORD: &[Kind] = &[Kind::OtherType, Kind::Huge, Kind::Truncated];
/// A list that does not tell how long it is may be shorter: that is another truth too.
const ROWS: &[Kind] = &[Kind::Dropped, Kind::Repeated];

/// What is asked of the account while one action is answered otherwise.
#[derive(Clone, Debug)]
enum Look {
    Bill,
    Survey,
    State,
    Detail,
    Projects,
    Policies,
    Check,
    Create,
    CreateKey,
    Set(Piece, Hatch),
}

/// A whole list as one fact: one row less of it is something else. The order and a row told twice are nothing.
fn together(lines: impl Iterator<Item = String>) -> String {
    let each: BTreeSet<String> = lines.collect();
    format!("{each:?}")
}

fn bill(bill: &Bill, told: &mut Told) {
    for month in &bill.months {
        match &month.spent {
            Err(blind) => told.said.push_str(&blind.detail),
            Ok(spent) => {
                let all: Vec<String> = spent
                    .iter()
                    .map(|((project, currency), money)| format!("{} {currency}: {money}", project.0))
                    .collect();
                told.know(format!("{}: {}", month.month, all.join(", ")));
                for ((project, _), money) in spent {
                    told.know_zero(&project.0, money.is_zero());
                }
                told.know_zero(month.month.to_string(), spent.is_empty());
            }
        }
    }
    match &bill.users {
        Err(blind) => told.said.push_str(&blind.detail),
        Ok(users) => {
            told.know(together(
                users.iter().map(|user| format!("user {} {}", user.id, user.name)),
            ));
        }
    }
}

/// Every piece there is, and those that are closed: what is not known to be closed is open, and is closed again.
fn pieces(pieces: &[PieceSeen], told: &mut Told) {
    let named = |seen: &PieceSeen| {
        let mut piece = serde_json::to_value(&seen.piece).unwrap();
        // Its name is for people: without one it is the id.
        piece.as_object_mut().unwrap().remove("name");
        piece.to_string()
    };
    told.know(together(pieces.iter().map(named)));
    for seen in pieces.iter().filter(|seen| seen.hatch != Hatch::Open) {
        told.know(format!("{} is {:?}", named(seen), seen.hatch));
    }
}

fn detail(detail: &SubAccountDetail, told: &mut Told) {
    told.know(format!("user {} {}", detail.user.id, detail.user.name));
    for key in &detail.keys {
        told.know(format!("key {} active {}", key.id, key.active));
    }
    told.know(format!("login {:?}", detail.login));
    told.know(format!("groups {:?}", detail.groups));
    for policy in &detail.policies {
        told.know(format!(
            "policy {} {:?} {}",
            policy.name, policy.projects, policy.everywhere
        ));
    }
}

fn carol() -> NewSubAccount {
    NewSubAccount {
        name: "carol".to_owned(),
        title: "Carol".to_owned(),
        about: String::new(),
        email: String::new(),
        phone: String::new(),
    }
}

fn reach() -> Reach {
    Reach {
        endpoints: true,
        instances_of: vec![Project("team-a".to_owned())],
    }
}

impl Look {
    async fn at(&self, cloud: &Arc<Cloud>) -> Told {
        let mut told = Told::default();
        if let Err(error) = self.ask(cloud, &mut told).await {
            return Told::nothing(format!("{error:?}"));
        }
        told
    }

    async fn ask(&self, cloud: &Arc<Cloud>, told: &mut Told) -> Result<(), ProviderError> {
        let account = cloud.account();
        match self {
            Self::Bill => bill(&account.read().await?.bill.unwrap(), told),
            Self::Survey => {
                let survey = account.survey(&target(), &reach()).await?;
                pieces(&survey.pieces, told);
                told.know(format!("ourselves: {}", survey.ourselves));
            }
            Self::State => {
                let state = account.state(&target()).await?;
                if state.protected == Some(false) {
                    told.know("may be touched");
                }
            }
            Self::Detail => detail(&account.detail(&bob()).await?, told),
            Self::Projects => {
                for project in account.projects().await? {
                    told.know(format!("project {}", project.name.0));
                    if project.active {
                        told.know(format!("project {} is active", project.name.0));
                    }
                }
            }
            Self::Policies => {
                for policy in account.policies().await? {
                    told.know(format!("policy {} {:?}", policy.name, policy.kind));
                }
            }
            Self::Check => told.know(format!("owner {}", account.check().await?.owner)),
            Self::Create => {
                let made = account.create(&carol()).await?;
                told.know(format!("made {} {}", made.id, made.name));
            }
            Self::CreateKey => {
                let made = account.create_key(&bob()).await?;
                told.said = format!("{made:?}");
                told.know(format!("made {}", made.id));
            }
            Self::Set(piece, to) => {
                let action = if *to == Hatch::Closed {
                    ActionKind::Stop
                } else {
                    ActionKind::Start
                };
                account.set(&permit(action), piece, *to).await?;
                told.know("done");
            }
        }
        Ok(())
    }
}

/// Every mutant of the answer to one action.
async fn tried(action: &'static str, name: &str, look: Look, truths: &'static [Truth]) {
    let recorded = fixture(name).to_string();
    let answered = |body: &[u8]| {
        let (cloud, body) = (Cloud::new(), body.to_vec());
        cloud.on(action, move |_| answer(200, &body));
        cloud
    };
    let whole = look.at(&answered(recorded.as_bytes())).await;
    let mut trial = Trial::new(&format!("{action} {name} {look:?}"), whole, truths, &[]);
    for mutant in mutants(name, &recorded) {
        let told = look.at(&answered(&mutant.bytes)).await;
        trial.judge(&mutant, &told);
    }
    assert_eq!(trial.end(), [""; 0], "{name}: exemptions that nothing needs");
}

/// An answer of bytes.
fn answer(status: u16, body: &[u8]) -> Reply {
    raw(status, "").map(|mut response| {
        response.body = body.to_vec().into();
        response
    })
}

#[tokio::test(start_paused = true)]
async fn a_broken_bill_tells_the_same_money_or_none() {
    const MONEY: &[Kind] = &[Kind::Negative, Kind::Huge];
    tried(
        "ListSplitBillDetail",
        "bill",
        Look::Bill,
        &[
            ("/Result/List/*/Project", WORD),
            ("/Result/List/*/PayableAmount", MONEY),
            ("/Result/List/*/Currency", &[Kind::OtherCurrency]),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_broken_list_of_users_misses_nobody() {
    let name = &[
        ("/Result/UserMetadata/*/UserName", WORD),
        ("/Result/UserMetadata/*/Id", WORD),
    ];
    tried("ListUsers", "users", Look::Bill, name).await;
}

#[tokio::test(start_paused = true)]
async fn a_survey_of_broken_answers_is_the_same_or_none() {
    const KEYS: &[Truth] = &[
        ("/Result/AccessKeyMetadata/*", ROWS),
        ("/Result/AccessKeyMetadata/*/AccessKeyId", WORD),
    ];
    tried("ListAccessKeys", "keys", Look::Survey, KEYS).await;
    tried("GetLoginProfile", "login", Look::Survey, &[]).await;
    // A user without a sign-in is told by a sign-in that was made before the cloud was.
    let stub = &[("/Result/LoginProfile/CreateDate", WORD)];
    tried("GetLoginProfile", "login_stub", Look::Survey, stub).await;
    tried("ListAttachedUserPolicies", "attached", Look::Survey, &[]).await;
    let id = &[("/Result/Items/*/Id", WORD)];
    tried("ListEndpoints", "endpoints", Look::Survey, id).await;
    // Only what is paid by use is stopped.
    let id = &[
        ("/Result/Instances/*/InstanceId", WORD),
        ("/Result/Instances/*/InstanceChargeType", WORD),
    ];
    tried("DescribeInstances", "instances", Look::Survey, id).await;
    tried("GetUser", "user", Look::Survey, &[]).await;
    tried("GetCallerIdentity", "caller", Look::Survey, &[]).await;
}

#[tokio::test(start_paused = true)]
async fn a_user_is_never_told_free_by_a_broken_answer() {
    tried("GetUser", "user", Look::State, &[]).await;
    tried("GetCallerIdentity", "caller", Look::State, &[]).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_person_is_shown_of_a_user_is_the_same_or_none() {
    tried(
        "ListGroupsForUser",
        "groups",
        Look::Detail,
        &[("/Result/UserGroups/*/UserGroupName", WORD)],
    )
    .await;
    let id = &[("/Result/AccessKeyMetadata/*/AccessKeyId", WORD)];
    tried("ListAccessKeys", "keys", Look::Detail, id).await;
    let name = &[("/Result/Projects/*/ProjectName", WORD)];
    tried("ListProjects", "projects", Look::Projects, name).await;
    let name = &[("/Result/PolicyMetadata/*/PolicyName", WORD)];
    tried("ListPolicies", "policies", Look::Policies, name).await;
}

#[tokio::test(start_paused = true)]
async fn a_check_with_a_broken_answer_tells_the_same_owner_or_none() {
    tried("QueryBalanceAcct", "balance", Look::Check, &[]).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_made_is_told_as_it_is_or_not_at_all_and_no_secret_with_it() {
    tried(
        "CreateUser",
        "made_user",
        Look::Create,
        &[("/Result/User/Id", &[Kind::Huge])],
    )
    .await;
    tried(
        "CreateAccessKey",
        "made_key",
        Look::CreateKey,
        &[("/Result/AccessKey/AccessKeyId", WORD)],
    )
    .await;
}

fn key() -> Piece {
    Piece::Key { id: KEY.to_owned() }
}

fn endpoint() -> Piece {
    Piece::Endpoint {
        id: "ep-20260301000000-abcde".to_owned(),
        name: "demo".to_owned(),
    }
}

fn instance(id: &str) -> Piece {
    Piece::Instance {
        id: id.to_owned(),
        name: id.to_owned(),
        region: "cn-beijing".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_deed_whose_answer_is_broken_is_not_told_as_done() {
    let closed = Hatch::Closed;
    tried("UpdateAccessKey", "done", Look::Set(key(), closed), &[]).await;
    tried(
        "UpdateLoginProfile",
        "login",
        Look::Set(Piece::Login, closed),
        &[],
    )
    .await;
    tried("AttachUserPolicy", "done", Look::Set(Piece::Rights, closed), &[]).await;
    tried(
        "DetachUserPolicy",
        "done",
        Look::Set(Piece::Rights, Hatch::Open),
        &[],
    )
    .await;
    tried("StopEndpoint", "done", Look::Set(endpoint(), closed), &[]).await;
    tried(
        "StopInstances",
        "stopped",
        Look::Set(instance("i-fake0001"), closed),
        &[],
    )
    .await;
}

/// What is asked before a deed (whether an access point is stopped already, whether the policy is there) is no deed: it
/// is told as done only where it was sent.
#[tokio::test(start_paused = true)]
async fn a_broken_look_before_a_deed_never_makes_it_look_done() {
    for (action, name, piece, deed) in [
        ("GetEndpoint", "endpoint", endpoint(), "StopEndpoint"),
        ("GetPolicy", "deny_all", Piece::Rights, "AttachUserPolicy"),
    ] {
        let look = Look::Set(piece, Hatch::Closed);
        for mutant in mutants(name, &fixture(name).to_string()) {
            let (cloud, body) = (Cloud::new(), mutant.bytes.clone());
            cloud.on(action, move |_| answer(200, &body));
            let told = look.at(&cloud).await;
            let is_sent = !cloud.seen(deed).is_empty();
            assert!(is_sent || told.facts.is_empty(), "{}: {told:?}", mutant.what);
        }
    }
}

/// Answers that refuse, by their status: none of their mutants is a success.
#[tokio::test(start_paused = true)]
async fn a_refusal_stays_one_however_it_is_broken() {
    let close = Look::Set(key(), Hatch::Closed);
    for (name, status) in [("flow_limit", 429), ("refused_signature", 401), ("key_gone", 404)] {
        let recorded = fixture(name).to_string();
        for mutant in mutants(name, &recorded) {
            let (cloud, body) = (Cloud::new(), mutant.bytes.clone());
            cloud.on("UpdateAccessKey", move |_| answer(status, &body));
            let told = close.at(&cloud).await;
            assert!(
                told.facts.is_empty(),
                "{name} {status}: {}: {told:?}",
                mutant.what
            );
        }
    }
}

/// The same inside a success: only where the error itself is gone it is none.
#[tokio::test(start_paused = true)]
async fn an_error_inside_a_success_is_none_only_when_it_is_not_there() {
    let close = Look::Set(key(), Hatch::Closed);
    for name in ["flow_limit", "refused_signature", "key_gone"] {
        let recorded = fixture(name).to_string();
        for mutant in mutants(name, &recorded) {
            let (cloud, body) = (Cloud::new(), mutant.bytes.clone());
            cloud.on("UpdateAccessKey", move |_| answer(200, &body));
            let told = close.at(&cloud).await;
            let body: Value = serde_json::from_slice(&mutant.bytes).unwrap_or_default();
            let has_error = body
                .pointer("/ResponseMetadata/Error")
                .is_some_and(|error| !error.is_null());
            let is_answer = body.get("ResponseMetadata").is_some_and(Value::is_object);
            assert!(
                told.facts.is_empty() || (is_answer && !has_error),
                "{name}: {}: {told:?}",
                mutant.what
            );
        }
    }
}
