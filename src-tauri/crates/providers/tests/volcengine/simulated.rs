//! Against the simulated cloud, which checks every signature and right and knows what is true.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use tidegate_egress::{Egress, Transport};
use tidegate_guard::{ActionKind, Consent, Permit, PowerState, StopManner};
use tidegate_meter::{Currency, Month, Quantity, Target, TargetKind};
use tidegate_providers::sub_accounts::{Hatch, Piece, PieceSeen, Project, Reach, SubAccounts};
use tidegate_providers::volcengine::policy::POLICIES;
use tidegate_providers::volcengine::{Volcengine, VolcengineConfig};
use tidegate_providers::{Control, Credential, ProviderErrorKind, Source};
use tidegate_sim::time::VirtualTimer;
use tidegate_sim::volcengine::{By, Cloud, Deed, MainAccount, Path, Spend};
use tidegate_sim::{Fault, Lie, SimTransport, World, days, hours};

use crate::bill::bill_of;

/// Projects and what they cost.
type Spent = Vec<(String, Quantity)>;

/// A world with one main account, and ours in it.
struct Stage {
    world: World,
    cloud: Cloud,
    account: Volcengine,
}

fn stage_at(plan: MainAccount, start: &str) -> Stage {
    let timer = VirtualTimer::new(start.parse().unwrap());
    let world = World::new(1).volcengine(plan).unwrap().build(timer.outside());
    let transport: Arc<dyn Transport> = Arc::new(SimTransport::new(world.clone(), Arc::new(timer.clone())));
    let egress = Arc::new(Egress::new(transport, Arc::new(timer)).with_jitter_seed(7));
    let cloud = world.volcengine("main").unwrap();
    let key = cloud.key().unwrap();
    let credential = Credential {
        ak: key.ak.into(),
        sk: key.sk.into(),
        security_token: None,
    };
    let config = VolcengineConfig::new("volc-main".parse().unwrap());
    Stage {
        account: Volcengine::new(config, credential, None, egress),
        world,
        cloud,
    }
}

fn stage(plan: MainAccount) -> Stage {
    stage_at(plan, "2026-11-20T04:00:00Z")
}

/// Bob spends by his key in one project, carol in another.
fn team() -> MainAccount {
    MainAccount::new("main")
        .project("team-a")
        .project("team-b")
        .user("bob")
        .login()
        .spend(Spend::new("team-a", "24.51").since(days(60)))
        .user("carol")
        .spend(Spend::new("team-b", "0.333333").since(days(60)))
}

impl Stage {
    /// Everything that the bill tells now, month by month, or the months that are blind.
    async fn spent(&self) -> Vec<(Month, Option<Spent>)> {
        let bill = bill_of(&self.account).await;
        let lines = |month: tidegate_providers::sub_accounts::MonthBill| {
            let spent = month.spent.ok()?;
            Some(
                spent
                    .into_iter()
                    .map(|((project, _), money)| (project.0, money))
                    .collect(),
            )
        };
        bill.months
            .into_iter()
            .map(|month| (month.month, lines(month)))
            .collect()
    }

    fn billed(&self, project: &str, month: Month) -> Quantity {
        self.cloud.billed(project, &month.to_string()).unwrap()
    }

    fn target(&self, user: &str) -> Target {
        Target {
            kind: TargetKind::SubAccount,
            id: self.cloud.user(user).unwrap().id.to_string().parse().unwrap(),
            name: user.to_owned(),
            region: String::new(),
        }
    }

    async fn set(&self, target: &Target, piece: &Piece, to: Hatch) -> Result<(), ProviderErrorKind> {
        let consent = Consent {
            by: "test".to_owned(),
            typed_name: target.name.clone(),
        };
        let action = if to == Hatch::Closed {
            ActionKind::Stop
        } else {
            ActionKind::Start
        };
        let at = self.world.now();
        let permit = Permit::by_person(target.clone(), action, StopManner::Soft, at, &consent).unwrap();
        let done = self.account.set(&permit, piece, to).await;
        done.map_err(|error| error.kind)
    }

    async fn pieces(&self, target: &Target, reach: &Reach) -> Vec<PieceSeen> {
        self.account.survey(target, reach).await.unwrap().pieces
    }

    /// Closes every piece that is open, in order.
    async fn close(&self, target: &Target, reach: &Reach) -> Vec<Piece> {
        let mut closed = Vec::new();
        for seen in self.pieces(target, reach).await {
            if seen.hatch == Hatch::Open {
                self.set(target, &seen.piece, Hatch::Closed).await.unwrap();
                closed.push(seen.piece);
            }
        }
        closed
    }
}

#[tokio::test(start_paused = true)]
async fn the_bill_is_told_to_the_last_digit_day_after_day() {
    let stage = stage(team());
    for _ in 0..14 {
        let months = stage.spent().await;
        assert!(
            months
                .iter()
                .flat_map(|(_, spent)| spent.iter().flatten())
                .count()
                >= 2
        );
        for (month, spent) in months {
            let spent = spent.unwrap();
            for (project, money) in spent {
                assert_eq!(money, stage.billed(&project, month), "{project} {month}");
            }
        }
        tokio::time::advance(days(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_row_and_a_refund_of_the_closed_month_are_told_until_the_sixth() {
    let stage = stage_at(team(), "2026-12-03T04:00:00Z");
    let november: Month = "2026-11".parse().unwrap();
    let told = |months: Vec<(Month, Option<Spent>)>| {
        let (month, spent) = months[0].clone();
        assert_eq!(month, november);
        let spent = spent.unwrap();
        spent
            .into_iter()
            .find(|(project, _)| project == "team-a")
            .unwrap()
            .1
    };
    let before = told(stage.spent().await);
    for (amount, project) in [("12.5", "team-a"), ("-3.25", "team-a")] {
        stage
            .cloud
            .happen(&serde_json::from_value::<Deed>(charge(project, amount)).unwrap())
            .unwrap();
    }
    let after = told(stage.spent().await);
    let added = Quantity::parse("9.25", tidegate_meter::Unit::Money(Currency::CNY)).unwrap();
    assert_eq!(after, before.plus(added).unwrap());
}

fn charge(project: &str, amount: &str) -> Value {
    json!({"deed": "charge", "project": project, "amount": amount, "day": "2026-11-30"})
}

#[tokio::test(start_paused = true)]
async fn whatever_the_bill_lies_it_is_told_truly_or_not_at_all() {
    let lies = [
        Lie::AmountNull,
        Lie::AmountMissing,
        Lie::AmountGarbage,
        Lie::AmountOtherType,
        Lie::RepeatRow,
        Lie::SkipRow,
        Lie::Empty,
        Lie::TotalWrong { by: 1 },
        Lie::TotalWrong { by: -1 },
        Lie::Html,
        Lie::Malformed,
        Lie::Truncated,
        Lie::NoMetadata,
        Lie::Hanging,
        Lie::Broken,
        Lie::Unheard,
        Lie::Status { status: 502 },
        Lie::Throttled { retry_after: Some(1) },
        Lie::ErrorCode {
            code: "InternalError".to_owned(),
            status: Some(200),
        },
        Lie::ErrorCode {
            code: "FlowLimitExceeded".to_owned(),
            status: None,
        },
    ];
    let many = team().spend(Spend::new("team-b", "1").since(days(30)).parts(40));
    for lie in lies {
        for times in [1, u32::MAX] {
            let stage = stage(many.clone());
            let told = format!("{lie:?} × {times}");
            stage.world.fault(
                Fault::new(lie.clone())
                    .on("billing.ListSplitBillDetail")
                    .times(times),
            );
            for (month, spent) in stage.spent().await {
                for (project, money) in spent.into_iter().flatten() {
                    assert_eq!(money, stage.billed(&project, month), "{told}: {project}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_way_of_spending_is_closed_but_those_that_nobody_can_and_opened_again() {
    let plan = MainAccount::new("main")
        .project("team-a")
        .user("bob")
        .keys(2, 0)
        .console_open()
        .role(hours(6))
        .endpoint("team-a")
        .instance("team-a")
        .spend(Spend::new("team-a", "3").by(By::Endpoint));
    let stage = stage(plan);
    let bob = stage.target("bob");
    let reach = Reach {
        endpoints: true,
        instances_of: vec![Project("team-a".to_owned())],
    };
    assert_eq!(
        stage.account.state(&bob).await.unwrap().power,
        PowerState::Running
    );
    let closed = stage.close(&bob, &reach).await;
    assert_eq!(
        closed.len(),
        6,
        "rights, two keys, sign-in, endpoint, server: {closed:?}"
    );
    assert_eq!(stage.cloud.paths("bob").unwrap(), [Path::Role]);
    assert_eq!(
        stage.account.state(&bob).await.unwrap().power,
        PowerState::Stopped
    );
    let seen = stage.pieces(&bob, &reach).await;
    assert!(seen.iter().all(|seen| seen.hatch == Hatch::Closed), "{seen:?}");
    for piece in closed.iter().rev() {
        stage.set(&bob, piece, Hatch::Open).await.unwrap();
    }
    let seen = stage.pieces(&bob, &reach).await;
    assert!(seen.iter().all(|seen| seen.hatch == Hatch::Open), "{seen:?}");
    assert_eq!(
        stage.account.state(&bob).await.unwrap().power,
        PowerState::Running
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_answered_as_done_and_is_not_shows_as_open() {
    for (operation, piece) in [
        ("iam.AttachUserPolicy", Piece::Rights),
        ("iam.UpdateLoginProfile", Piece::Login),
    ] {
        let stage = stage(team());
        let bob = stage.target("bob");
        stage.world.fault(Fault::new(Lie::Ignored).on(operation));
        stage.set(&bob, &piece, Hatch::Closed).await.unwrap();
        let seen = stage.pieces(&bob, &Reach::default()).await;
        let own = seen.iter().find(|seen| seen.piece == piece).unwrap();
        assert_eq!(own.hatch, Hatch::Open, "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn closing_twice_and_after_a_lost_answer_is_like_closing_once() {
    for lie in [Lie::Broken, Lie::Hanging, Lie::Unheard] {
        let stage = stage(team());
        let bob = stage.target("bob");
        for operation in [
            "iam.AttachUserPolicy",
            "iam.UpdateAccessKey",
            "iam.UpdateLoginProfile",
        ] {
            stage.world.fault(Fault::new(lie.clone()).on(operation).times(1));
        }
        for _ in 0..2 {
            for seen in stage.pieces(&bob, &Reach::default()).await {
                let done = stage.set(&bob, &seen.piece, Hatch::Closed).await;
                assert!(done.is_ok() || done == Err(ProviderErrorKind::Lost), "{done:?}");
            }
        }
        assert!(!stage.cloud.can_spend("bob").unwrap(), "{lie:?}");
        assert!(stage.cloud.can_spend("carol").unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn a_renamed_user_is_found_and_a_deleted_one_is_gone() {
    let stage = stage(team());
    let bob = stage.target("bob");
    let renamed = Deed::RenameUser {
        user: "bob".to_owned(),
        to: "robert".to_owned(),
    };
    stage.cloud.happen(&renamed).unwrap();
    stage.close(&bob, &Reach::default()).await;
    assert!(!stage.cloud.can_spend("robert").unwrap());
    let deleted = Deed::DeleteUser {
        user: "robert".to_owned(),
    };
    stage.cloud.happen(&deleted).unwrap();
    assert_eq!(stage.account.state(&bob).await.unwrap().power, PowerState::Gone);
    assert_eq!(
        stage.set(&bob, &Piece::Rights, Hatch::Closed).await,
        Err(ProviderErrorKind::Gone)
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_whose_answer_was_lost_leaves_no_key_behind() {
    let stage = stage(team());
    let bob = stage.target("bob");
    let before = stage.cloud.user("bob").unwrap().keys.len();
    stage
        .world
        .fault(Fault::new(Lie::Broken).on("iam.CreateAccessKey").times(1));
    let error = stage.account.create_key(&bob.id).await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Conflict, "{}", error.detail);
    assert_eq!(stage.cloud.user("bob").unwrap().keys.len(), before);
    stage.account.create_key(&bob.id).await.unwrap();
    assert_eq!(stage.cloud.user("bob").unwrap().keys.len(), before + 1);
}

/// The actions of our policies by id.
fn rights(ids: &[&str]) -> BTreeSet<String> {
    let of = |id: &&str| {
        let policy = POLICIES.iter().find(|policy| policy.id == *id).unwrap();
        let text: Value = serde_json::from_str(policy.text).unwrap();
        let actions = text["Statement"][0]["Action"].as_array().unwrap().clone();
        actions
            .into_iter()
            .map(|action| action.as_str().unwrap().to_owned())
    };
    ids.iter().flat_map(of).collect()
}

fn document(actions: &BTreeSet<String>) -> String {
    json!({"Statement": [{"Effect": "Allow", "Action": actions, "Resource": ["*"]}]}).to_string()
}

fn limited(actions: &BTreeSet<String>) -> MainAccount {
    team()
        .endpoint("team-b")
        .instance("team-b")
        .rights(&document(actions))
}

#[tokio::test(start_paused = true)]
async fn the_published_policies_are_enough_for_everything() {
    let all = rights(&["watch", "act", "manage", "watch_things", "act_things"]);
    let stage = stage(limited(&all));
    stage.account.check().await.unwrap();
    assert_eq!(stage.account.missing_rights().await, Vec::<String>::new());
    assert!(stage.spent().await.iter().all(|(_, spent)| spent.is_some()));
    let carol = stage.target("carol");
    stage.account.detail(&carol.id).await.unwrap();
    assert!(!stage.account.projects().await.unwrap().is_empty());
    assert!(!stage.account.policies().await.unwrap().is_empty());
    let reach = Reach {
        endpoints: true,
        instances_of: vec![Project("team-b".to_owned())],
    };
    let closed = stage.close(&carol, &reach).await;
    assert!(!stage.cloud.can_spend("carol").unwrap());
    for piece in closed.iter().rev() {
        stage.set(&carol, piece, Hatch::Open).await.unwrap();
    }
    stage.account.create_key(&carol.id).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn no_right_to_watch_can_be_left_out_unnoticed() {
    let all = rights(&["watch"]);
    // Asked for only where a policy is looked at or attached.
    let in_use = ["iam:ListPolicies", "iam:GetPolicy"];
    for right in all.iter().filter(|right| !in_use.contains(&right.as_str())) {
        let mut less = all.clone();
        less.remove(right);
        let stage = stage(limited(&less));
        let lacking = stage.account.missing_rights().await;
        assert!(
            lacking.iter().any(|told| told.contains(right.as_str())),
            "{right}: {lacking:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_right_to_act_nothing_is_closed_and_the_right_is_named() {
    let stage = stage(limited(&rights(&["watch"])));
    let carol = stage.target("carol");
    for seen in stage.pieces(&carol, &Reach::default()).await {
        if seen.hatch == Hatch::Open {
            let refused = stage.set(&carol, &seen.piece, Hatch::Closed).await;
            assert!(
                matches!(
                    refused,
                    Err(ProviderErrorKind::Blind(tidegate_meter::Reason::Scope))
                ),
                "{refused:?}"
            );
        }
    }
    assert!(stage.cloud.can_spend("carol").unwrap());
}

#[tokio::test(start_paused = true)]
async fn our_own_user_is_among_the_users_and_never_closed() {
    let stage = stage(team());
    let users = bill_of(&stage.account).await.users.unwrap();
    assert!(users.iter().any(|user| user.name == "tidegate-bot"));
    let own = stage.target("tidegate-bot");
    assert!(
        stage
            .account
            .survey(&own, &Reach::default())
            .await
            .unwrap()
            .ourselves
    );
    assert_eq!(stage.account.state(&own).await.unwrap().protected, Some(true));
    assert_eq!(
        stage.set(&own, &Piece::Rights, Hatch::Closed).await,
        Err(ProviderErrorKind::Conflict)
    );
    assert!(stage.cloud.can_spend("bob").unwrap());
}
