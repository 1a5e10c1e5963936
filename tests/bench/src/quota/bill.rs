//! Reading a bill at the vendor's pace: the simulated cloud in a process of its own behind HTTP, the real client in another,
//! real time.

use std::sync::Arc;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tidegate_egress::{Egress, HttpTransport, Timer};
use tidegate_meter::Time;
use tidegate_providers::volcengine::{Volcengine, VolcengineConfig};
use tidegate_providers::{Credential, ReadReport, Source as _};
use tidegate_sim::time::ScaledTimer;
use tidegate_sim::volcengine::{MainAccount, Spend};
use tidegate_sim::{World, days};

use crate::budgets::{
    BILL_ANSWER, BILL_CPU_A_PAGE, BILL_PAGE_ROWS, BILL_PARTS, BILL_PER_SECOND, BILL_RSS_PERMILLE,
    BILL_WALL_PERMILLE, QUOTA_PROJECTS, QUOTA_USERS, ROUNDS,
};
use crate::child::Running;
use crate::report::Row;
use crate::rounds::Pairs;
use crate::stopwatch::Stopwatch;
use crate::{process, role};

pub(super) const ACCOUNT: &str = "bench";
/// Noon of a day in Beijing on which only the running month may still change.
pub(super) const START: Time = Time::from_ms(1_773_979_200_000);
/// So many days have rows: with one row a day and project that is ten whole pages.
const DAYS: u64 = 3;

/// What the reader is told of the cloud. The key is made up.
#[derive(Serialize, Deserialize)]
struct Told {
    base: String,
    ak: String,
    sk: String,
}

/// What one pass took.
#[derive(Serialize, Deserialize)]
struct Pass {
    wall_ms: u64,
    cpu_us: u64,
    /// Projects in the bill that was read.
    projects: usize,
}

/// How often the bill was asked for, and how often it was told.
#[derive(Serialize, Deserialize)]
struct Calls {
    asked: u64,
    told: u64,
}

/// A pass over a bill of so many pages, with the peak memory of its reader.
struct Measured {
    pages: u64,
    calls: u64,
    pass: Pass,
    peak_kib: u64,
}

/// A small bill and one so many times as long, in turn, each with a reader of its own.
pub(super) fn run() -> anyhow::Result<Vec<Row>> {
    let rounds = (0..ROUNDS.get())
        .map(|_| Ok((measured(1)?, measured(BILL_PARTS.get())?)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let (small, large) = rounds.first().context("a round")?;
    let what = format!(
        "bill of {} users × {QUOTA_PROJECTS} projects, {} pages of {BILL_PAGE_ROWS} rows",
        QUOTA_USERS.get(),
        large.pages
    );
    let of = |pick: fn(&(Measured, Measured)) -> (u64, u64)| rounds.iter().map(pick).collect::<Pairs>();
    let pages = |(_, large): &(Measured, Measured)| large.pass.cpu_us.div_ceil(large.pages);
    Ok(vec![
        Row::ratio(
            &format!("{what}: wall"),
            &of(|(_, large)| (large.pass.wall_ms, large.calls * 1000 / BILL_PER_SECOND)),
            |ms| format!("{ms} ms"),
            &format!("{} calls ÷ 5", large.calls),
            BILL_WALL_PERMILLE,
        ),
        Row::absolute(
            &format!("{what}: processor time a page"),
            &rounds.iter().map(pages).collect(),
            BILL_CPU_A_PAGE.as_micros(),
            "µs",
        ),
        Row::ratio(
            &format!("{what}: peak memory"),
            &of(|(small, large)| (large.peak_kib, small.peak_kib)),
            |kib| format!("{kib} KiB"),
            &format!("a bill of {} pages", small.pages),
            BILL_RSS_PERMILLE,
        ),
    ])
}

/// `parts`: rows of each project and day.
fn measured(parts: u32) -> anyhow::Result<Measured> {
    let mut cloud = Running::role(&["quota", "cloud", &parts.to_string()])?;
    let told = cloud.hear()?;
    let mut reader = Running::role(&["quota", "reader"])?;
    let pass: Pass = serde_json::from_value(reader.ask(&told)?)?;
    let peak_kib = process::memory_kib(reader.pid(), "VmHWM")?;
    let calls: Calls = serde_json::from_value(cloud.ask(&json!({ "calls": "bill" }))?)?;
    let rows = QUOTA_USERS.get() * QUOTA_PROJECTS * DAYS * u64::from(parts);
    ensure!(
        calls.told * BILL_PAGE_ROWS == rows,
        "{} pages for {rows} rows: every page is full and told once",
        calls.told
    );
    let projects = u64::try_from(pass.projects)?;
    ensure!(
        projects == QUOTA_USERS.get() * QUOTA_PROJECTS,
        "{projects} projects in the bill"
    );
    Ok(Measured {
        pages: calls.told,
        calls: calls.asked,
        pass,
        peak_kib,
    })
}

/// The cloud's process: tells where it is, then how often its bill was asked for.
pub(super) async fn serve(parts: u32) -> anyhow::Result<()> {
    let world = World::new(7)
        .volcengine(plan(parts))?
        .build(Arc::new(ScaledTimer::new(START, 1)));
    world.set_latency(BILL_ANSWER.get());
    let key = world.volcengine(ACCOUNT)?.key()?;
    let listening = tidegate_sim::listen("127.0.0.1:0", world.clone()).await?;
    let told = Told {
        base: format!("http://{}", listening.addr),
        ak: key.ak,
        sk: key.sk,
    };
    let serving = tokio::spawn(listening.run());
    role::say(&serde_json::to_value(told)?)?;
    while role::hear().await?.is_some() {
        let requests = world.requests();
        let bills: Vec<bool> = requests
            .iter()
            .filter(|request| request.operation == "billing.ListSplitBillDetail")
            .map(|request| request.status == 200)
            .collect();
        role::say(&serde_json::to_value(Calls {
            asked: u64::try_from(bills.len())?,
            told: u64::try_from(bills.iter().filter(|told| **told).count())?,
        })?)?;
    }
    serving.abort();
    Ok(())
}

/// Every user with his projects, each of which cost something on each day.
pub(super) fn plan(parts: u32) -> MainAccount {
    let mut account = MainAccount::new(ACCOUNT).bill_lag(days(0));
    for user in 0..QUOTA_USERS.get() {
        account = account.user(&super::book::user(user));
        for number in 0..QUOTA_PROJECTS {
            let project = super::book::project(user, number);
            account = account
                .project(&project)
                .spend(Spend::new(&project, "12.5").since(days(DAYS)).parts(parts));
        }
    }
    account
}

/// The reader's process: one look over the cloud that the first line tells of.
pub(super) async fn read() -> anyhow::Result<()> {
    let told: Told = serde_json::from_value(role::hear().await?.context("where is the cloud?")?)?;
    let timer: Arc<dyn Timer> = Arc::new(ScaledTimer::new(START, 1));
    let egress = Arc::new(Egress::new(Arc::new(HttpTransport::new()?), timer));
    let mut config = VolcengineConfig::new(ACCOUNT.parse()?);
    config.endpoint = Some(told.base.parse()?);
    let key = Credential {
        ak: told.ak.into(),
        sk: told.sk.into(),
        security_token: None,
    };
    let account = Volcengine::new(config, key, None, egress);
    let cpu = process::own_cpu();
    let watch = Stopwatch::start();
    let report = account
        .read()
        .await
        .map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let (wall, cpu) = (watch.read(), process::own_cpu().saturating_sub(cpu));
    role::say(&serde_json::to_value(Pass {
        wall_ms: u64::try_from(wall.as_millis())?,
        cpu_us: u64::try_from(cpu.as_micros())?,
        projects: projects(&report)?,
    })?)?;
    while role::hear().await?.is_some() {}
    Ok(())
}

fn projects(report: &ReadReport) -> anyhow::Result<usize> {
    let bill = report.bill.as_ref().context("the look brings a bill")?;
    let users = bill
        .users
        .as_ref()
        .map_err(|blind| anyhow::anyhow!("{blind:?}"))?;
    ensure!(
        u64::try_from(users.len())? >= QUOTA_USERS.get(),
        "{} users",
        users.len()
    );
    ensure!(bill.months.len() == 1, "only the running month is read");
    let spent = bill.months.first().context("a month")?.spent.as_ref();
    Ok(spent.map_err(|blind| anyhow::anyhow!("{blind:?}"))?.len())
}
