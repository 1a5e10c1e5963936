//! Two years of spending: what the page of all sub-accounts and the bill of a month take, and what the book adds to a look.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use secrecy::SecretString;
use serde_json::{Value, json};
use tidegate_api::{App, AppOptions, Face as _, Home, Request, VaultChoice};
use tidegate_egress::Timer;
use tidegate_engine::{Engine, Options, Parts, SeededEntropy, SystemTimer};
use tidegate_meter::{Clock as _, TargetId, Time, Zone};
use tidegate_sim::time::VirtualTimer;
use tidegate_sim::{SimTransport, World};
use tidegate_store::{OpenOptions, Store};

use super::bill;
use super::book::{Book, LEASE, user};
use crate::budgets::{
    COMPOSE_LOOK_BEYOND, COMPOSE_MONTHS, COMPOSE_PAGE, COMPOSE_SAMPLES, QUOTA_PROJECTS, QUOTA_USERS, ROUNDS,
};
use crate::report::Row;
use crate::rounds::{Pairs, Rounds};
use crate::stopwatch::Stopwatch;
use crate::{process, series, stats};

/// When the book's account is looked at: the clock of the simulated bill.
const START: Time = bill::START;
/// Looks of one engine; the middle one counts.
const LOOKS: usize = 3;

/// The page and the bill by a program on disk, the look by an engine in virtual time.
pub(super) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    let mut rows = tidegate_api::runtime()?.block_on(pages(folder.path()))?;
    rows.push(look()?);
    Ok(rows)
}

/// A program on a home with this book.
pub(super) async fn opened(
    folder: &Path,
    book: &Book,
    months: u64,
    ledgers: &[(&TargetId, i64)],
) -> anyhow::Result<App> {
    let home = Home::new(folder.join("home"));
    home.make()?;
    let store = Store::open(OpenOptions::file(home.database(), book.now, "bench"))?;
    store.take_lease(book.now, LEASE).await?;
    book.write(&store, months).await?;
    for (user, entries) in ledgers {
        book.allocate(&store, user, *entries).await?;
    }
    store.release_lease().await?;
    drop(store);
    let mut options = AppOptions::new(home.root());
    options.vault = VaultChoice::Memory;
    Ok(App::open(options).await?)
}

/// The text that another process would get.
pub(crate) async fn answer(app: &App, name: &str, asked: &Value) -> anyhow::Result<String> {
    let request: Request = serde_json::from_value(series::with(asked, name, &Value::Null))?;
    let response = app.handle(request, "window").await?;
    Ok(serde_json::to_string(&response)?)
}

/// Nanoseconds as microseconds.
pub(crate) fn micros(nanos: u64) -> String {
    format!("{} µs", nanos / 1000)
}

async fn pages(folder: &Path) -> anyhow::Result<Vec<Row>> {
    let book = Book::new("bench", SystemTimer::new().now().wall)?;
    let app = opened(folder, &book, COMPOSE_MONTHS.get(), &[]).await?;
    let mut rows = Vec::new();
    for (kind, what) in [
        ("quotas", "page of all sub-accounts"),
        ("bill", "bill of a month"),
    ] {
        let asked = json!({ "account": book.account, "lang": "en" });
        // What every month costs each, since the first one or in the running one.
        let charged = match kind {
            "quotas" => (COMPOSE_MONTHS.get() * 375 / 2).to_string(),
            _ => "187.5".to_owned(),
        };
        let (mut slowest, mut middle) = (Rounds::default(), Rounds::default());
        for _ in 0..ROUNDS.get() {
            let mut samples = Vec::new();
            for _ in 0..COMPOSE_SAMPLES.get() {
                let watch = Stopwatch::start();
                let text = answer(&app, kind, &asked).await?;
                samples.push(watch.nanos());
                ensure!(
                    text.contains(&format!("\"{charged}\"")),
                    "{kind}: nobody is charged {charged}"
                );
            }
            slowest.push(stats::percentile(&samples, 100));
            middle.push(stats::median(&samples));
        }
        let row = Row::micros(
            &format!(
                "{what} of {} × {QUOTA_PROJECTS} × {} months, slowest of {}",
                QUOTA_USERS.get(),
                COMPOSE_MONTHS.get(),
                COMPOSE_SAMPLES.get()
            ),
            &slowest,
            COMPOSE_PAGE,
        );
        rows.push(row.remarked(&format!("p50: {}", micros(middle.median()))));
    }
    Ok(rows)
}

/// What two years in the book add to a look, beside the same look with one month in it.
fn look() -> anyhow::Result<Row> {
    let pairs = (0..ROUNDS.get())
        .map(|_| Ok((looked(COMPOSE_MONTHS.get())? / 1000, looked(1)? / 1000)))
        .collect::<anyhow::Result<Pairs>>()?;
    Ok(Row::beyond(
        &format!(
            "look at {} × {QUOTA_PROJECTS}: {} months in the book",
            QUOTA_USERS.get(),
            COMPOSE_MONTHS.get()
        ),
        &pairs,
        |micros| format!("{micros} µs"),
        "one month in the book",
        u64::try_from(COMPOSE_LOOK_BEYOND.as_micros())?,
    ))
}

/// Nanoseconds of a look: the waits of its pace are virtual, so what is left is work, the cloud's included.
fn looked(months: u64) -> anyhow::Result<u64> {
    let folder = process::scratch()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;
    runtime.block_on(looks(folder.path(), months))
}

async fn looks(folder: &Path, months: u64) -> anyhow::Result<u64> {
    let timer = VirtualTimer::new(START);
    let clock: Arc<dyn Timer> = Arc::new(timer.clone());
    let world = World::new(7).volcengine(bill::plan(1))?.build(timer.outside());
    let cloud = world.volcengine(bill::ACCOUNT)?;
    let key = cloud.key()?;
    let mut book = Book::new(bill::ACCOUNT, START)?;
    for (number, id) in (0..).zip(&mut book.users) {
        *id = TargetId::new(cloud.user(&user(number))?.id.to_string())?;
    }
    // On the caller's thread: virtual time does not wait for another one.
    let store = Store::open(OpenOptions::file(folder.join("look.db"), START, "bench").inline())?;
    store.take_lease(START, LEASE).await?;
    book.write(&store, months).await?;
    store.release_lease().await?;
    let engine = Engine::open(Parts {
        store,
        vault: Arc::new(tidegate_vault::Memory::new()),
        environment: Arc::new(move |name| match name {
            "AK" => Some(SecretString::from(key.ak.clone())),
            "SK" => Some(SecretString::from(key.sk.clone())),
            _ => None,
        }),
        transport: Arc::new(SimTransport::new(world, Arc::clone(&clock))),
        timer: clock,
        entropy: Arc::new(SeededEntropy::new(7)),
        cache_dir: None,
        zone: Zone::utc(),
        options: Options::default(),
    })
    .await?;
    let mut samples = Vec::new();
    for _ in 0..LOOKS {
        let watch = Stopwatch::start();
        let report = engine.check(std::slice::from_ref(&book.account)).await?;
        samples.push(watch.nanos());
        let known = report
            .meters
            .iter()
            .filter(|meter| meter.outcome.reading().is_some());
        let known = u64::try_from(known.count())?;
        ensure!(known == QUOTA_USERS.get(), "{known} sub-accounts are known");
    }
    let spent = engine.quotas(Some(&book.account)).await?;
    let first = spent
        .first()
        .and_then(|account| account.users.first())
        .context("a sub-account")?;
    ensure!(first.spent.is_some(), "it is known what is spent");
    Ok(stats::median(&samples))
}
