//! The story of a sub-account that uses its quota up: the steps, the disable with its proof, a top-up, the restore.

use serde_json::{Value, json};
use tidegate_meter::{AccountId, Lang, TargetId};
use tidegate_sim::World;
use tidegate_sim::volcengine::{Cloud, Deed, MainAccount};

use super::stage::{ACCOUNT, Stage, Watched};
use super::{Check, DemoOptions, LAST_MESSAGE, STORY, not_ready, quota_verdict};
use crate::request::{Allocate, CountFrom, LinkProject, QuotasAsked};
use crate::response::{AllocatedView, QuotaView};
use crate::{ApiError, Changes, Face, Request, Response};

const GUARD: &str = "demo-quota";
/// Whoever uses its quota up.
pub(super) const SPENDER: &str = "bob";
/// Whoever has plenty left, and is armed as well.
pub(super) const SAVER: &str = "alice";
/// The project of each.
const PROJECTS: [(&str, &str); 2] = [(SPENDER, "team-a"), (SAVER, "team-b")];
/// What each was granted at first, in CNY.
const GRANTED: u32 = 100;
/// What the spender's project costs, one after the other: past half, past four fifths, past nine tenths, past all of it.
const CHARGES: [u32; 4] = [60, 22, 9, 11];
/// The same story every time.
const SEED: u64 = 20_261_121;

/// What became true outside while the story was played, asked of the cloud itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Truth {
    /// The spender could spend after the disable was verified.
    pub(super) after_disable: bool,
    /// The spender could spend after the restore was verified.
    pub(super) after_restore: bool,
}

pub(super) async fn show(
    options: &DemoOptions,
    tell: &mut impl FnMut(&Value),
) -> Result<Vec<Check>, ApiError> {
    let stage = Stage::build(options, |clock| {
        World::new(SEED)
            .volcengine(plan())
            .map(|world| world.build(clock))
    })
    .await?;
    let cloud = stage.world.volcengine(ACCOUNT).map_err(|error| broken(&error))?;
    stage
        .put_key(&cloud.key().map_err(|error| broken(&error))?)
        .await?;
    let config = stage.config(&Watched {
        provider: "volcengine",
        guard: GUARD,
        steps: ["50%", "80%", "90%"],
        limit: "100%",
    });
    tell(&stage.scenery(&[SPENDER, SAVER], &config));
    let mut scene = Scene {
        stage: &stage,
        cloud: &cloud,
        changes: stage.app.changes(),
    };
    let played = scene.play(config, tell).await;
    stage.end(tell).await;
    let checks = quota_verdict::checks(&stage, &cloud, played?).await?;
    Ok(stage.checked(checks, tell))
}

fn plan() -> MainAccount {
    MainAccount::new(ACCOUNT)
        .project("team-a")
        .project("team-b")
        .user(SPENDER)
        .keys(2, 0)
        .login()
        .user(SAVER)
}

struct Scene<'a> {
    stage: &'a Stage,
    cloud: &'a Cloud,
    changes: Changes,
}

impl Scene<'_> {
    async fn play(&mut self, config: String, tell: &mut impl FnMut(&Value)) -> Result<Truth, ApiError> {
        self.stage.begin(config).await?;
        self.hear(tell, |event| event["event"] == "looked").await?;
        for (user, project) in PROJECTS {
            self.link(user, project).await?;
            self.allocate(user, GRANTED, tell).await?;
        }
        self.hear(tell, |event| event["event"] == "reading").await?;
        self.stage.arm(GUARD, tell).await?;
        let mut spent = 0;
        for amount in CHARGES {
            spent += amount;
            self.charge(amount)?;
            self.hear(tell, |event| tells(event, spent)).await?;
        }
        self.hear(tell, |event| event["event"] == "verified").await?;
        self.told(tell).await?;
        let after_disable = self.cloud.can_spend(SPENDER).map_err(|error| broken(&error))?;
        let topped = self.allocate(SPENDER, GRANTED, tell).await?;
        let action = topped
            .restorable
            .ok_or_else(|| not_ready("the allocation offers no restore"))?;
        self.ask(Request::Restore { action }).await?;
        self.told(tell).await?;
        Ok(Truth {
            after_disable,
            after_restore: self.cloud.can_spend(SPENDER).map_err(|error| broken(&error))?,
        })
    }

    async fn hear(
        &mut self,
        tell: &mut impl FnMut(&Value),
        awaited: impl Fn(&Value) -> bool,
    ) -> Result<(), ApiError> {
        self.stage.hear(&mut self.changes, tell, STORY, awaited).await
    }

    /// Until the message of the proof has arrived.
    async fn told(&mut self, tell: &mut impl FnMut(&Value)) -> Result<(), ApiError> {
        let arrived = |event: &Value| event["event"] == "delivered" && event["code"] == "action_verified";
        self.stage
            .hear(&mut self.changes, tell, LAST_MESSAGE, arrived)
            .await
    }

    async fn ask(&self, request: Request) -> Result<Response, ApiError> {
        self.stage.app.handle(request, "demo").await
    }

    async fn user(&self, name: &str) -> Result<QuotaView, ApiError> {
        let asked = QuotasAsked {
            account: None,
            lang: self.stage.lang,
        };
        let Response::Quotas(view) = self.ask(Request::Quotas(asked)).await? else {
            return Err(not_ready("no list of sub-accounts"));
        };
        let found = view.users.into_iter().find(|user| user.name == name);
        found.ok_or_else(|| not_ready("a sub-account is missing"))
    }

    async fn link(&self, name: &str, project: &str) -> Result<(), ApiError> {
        let user = self.user(name).await?;
        let link = LinkProject {
            account: user.account,
            user: user.user,
            project: project.to_owned(),
            share: "100%".to_owned(),
            from: CountFrom::Month,
        };
        self.ask(Request::LinkProject(link)).await.map(drop)
    }

    async fn allocate(
        &self,
        name: &str,
        amount: u32,
        tell: &mut impl FnMut(&Value),
    ) -> Result<AllocatedView, ApiError> {
        let user = self.user(name).await?;
        let (account, user): (AccountId, TargetId) = (user.account, user.user);
        let asked = Allocate {
            account,
            user,
            amount: format!("{amount} CNY"),
            note: note(self.stage.lang).to_owned(),
            below_spent: false,
            after: None,
            lang: self.stage.lang,
        };
        let Response::Allocated(allocated) = self.ask(Request::Allocate(asked)).await? else {
            return Err(not_ready("the allocation has no answer"));
        };
        tell(&json!({
            "event": "allocated", "at": self.stage.now(), "name": name, "amount": allocated.entry.amount,
            "total": allocated.entry.total,
        }));
        Ok(*allocated)
    }

    /// The spender's project costs so much more, and its bill tells it at once.
    fn charge(&self, amount: u32) -> Result<(), ApiError> {
        let project = PROJECTS
            .iter()
            .find(|(user, _)| *user == SPENDER)
            .map_or("", |(_, project)| project);
        let charge = Deed::Charge {
            project: project.to_owned(),
            amount: amount.to_string(),
            product: None,
            category: None,
            day: None,
            after_s: 0,
        };
        self.cloud.happen(&charge).map_err(|error| broken(&error))
    }
}

/// Whether an event tells that a meter stands at so many CNY.
fn tells(event: &Value, spent: u32) -> bool {
    let used = event.pointer("/used/value").and_then(Value::as_str);
    event["event"] == "reading" && used == Some(spent.to_string().as_str())
}

const fn note(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "演示",
        Lang::En => "demonstration",
    }
}

pub(super) fn broken(error: &tidegate_sim::SimError) -> ApiError {
    not_ready(&error.to_string())
}
