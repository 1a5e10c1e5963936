//! The chart of a year: asked of the program, against grouping the same raw readings by a bare SQL statement.

use std::path::Path;

use anyhow::{bail, ensure};
use rusqlite::Connection;
use tidegate_api::request::ChartAsked;
use tidegate_api::response::ChartView;
use tidegate_api::{App, Face as _, Request, Response};
use tidegate_engine::SystemTimer;
use tidegate_meter::{Clock as _, Lang, MeterInfo, Time};

use crate::budgets::{CHART_BYTES, CHART_PERMILLE, CHART_POINTS, CHART_ROUNDS, YEAR_READINGS};
use crate::past::year;
use crate::process;
use crate::report::Row;
use crate::rounds::Pairs;
use crate::stopwatch::Stopwatch;

/// Fills both databases, then asks them in turn.
pub(crate) fn run() -> anyhow::Result<Vec<Row>> {
    let folder = process::scratch()?;
    tidegate_api::runtime()?.block_on(measured(folder.path()))
}

async fn measured(folder: &Path) -> anyhow::Result<Vec<Row>> {
    let end = SystemTimer::new().now().wall;
    let (app, info) = year().program(folder, end).await?;
    let control = Control::filled(&folder.join("control.db"), end)?;
    let mut pairs = Pairs::default();
    let mut view = chart(&app, &info, end).await?;
    for _ in 0..CHART_ROUNDS.get() {
        let watch = Stopwatch::start();
        view = chart(&app, &info, end).await?;
        let subject = watch.nanos();
        let watch = Stopwatch::start();
        control.grouped(end)?;
        pairs.push((subject, watch.nanos()));
    }
    rows(&view, &pairs)
}

fn rows(view: &ChartView, pairs: &Pairs) -> anyhow::Result<Vec<Row>> {
    let points = u64::try_from(view.points.at.len())?;
    // A line of a few points would be quick and small, and no chart.
    ensure!(
        points * 4 > u64::from(CHART_POINTS),
        "the chart has only {points} points"
    );
    let bytes = u64::try_from(serde_json::to_vec(view)?.len())?;
    let what = format!("chart of a year of {} readings", YEAR_READINGS.get());
    let micros = |nanos: u64| format!("{} µs", nanos / 1000);
    Ok(vec![
        Row::ratio(
            &format!("{what}: time"),
            pairs,
            micros,
            "grouping the raw rows in SQL",
            CHART_PERMILLE,
        ),
        Row::exact(
            &format!("{what}: drawn from"),
            points,
            u128::from(CHART_POINTS),
            "points",
        ),
        Row::exact(&format!("{what}: answer"), bytes, CHART_BYTES, "bytes"),
    ])
}

/// As the window asks for a year.
async fn chart(app: &App, info: &MeterInfo, end: Time) -> anyhow::Result<ChartView> {
    let request = Request::Chart(ChartAsked {
        account: info.account.clone(),
        meter: info.id.clone(),
        start: year().begin(end),
        end,
        points: CHART_POINTS,
        lang: Lang::Zh,
    });
    match app.handle(request, "window").await? {
        Response::Chart(view) => Ok(*view),
        other => bail!("no chart: {other:?}"),
    }
}

/// The raw readings in a bare table, clustered by meter and time, as one would lay them out for this question.
struct Control(Connection);

impl Control {
    fn filled(file: &Path, end: Time) -> anyhow::Result<Self> {
        let mut connection = Connection::open(file)?;
        connection.execute_batch(
            "create table reading (meter integer not null, at integer not null, remaining integer,
             primary key (meter, at)) without rowid",
        )?;
        let writing = connection.transaction()?;
        for (at, left) in year().readings(end) {
            writing
                .prepare_cached("insert into reading values (1, ?1, ?2)")?
                .execute([at.ms(), left])?;
        }
        writing.commit()?;
        Ok(Self(connection))
    }

    /// Lowest and highest of each stretch: two points of the chart.
    fn grouped(&self, end: Time) -> anyhow::Result<()> {
        let begin = year().begin(end).ms();
        let width = (end.ms() - begin) / i64::from(CHART_POINTS / 2) + 1;
        let sql = "select (at - ?1) / ?2 as stretch, min(remaining), max(remaining) from reading
            where meter = 1 and at between ?1 and ?3 group by stretch order by stretch";
        let mut statement = self.0.prepare_cached(sql)?;
        let of = |row: &rusqlite::Row<'_>| Ok((row.get(1)?, row.get(2)?));
        let stretches = statement
            .query_map([begin, width, end.ms()], of)?
            .collect::<Result<Vec<(i64, i64)>, _>>()?;
        ensure!(
            stretches.len() == usize::try_from(CHART_POINTS / 2)?,
            "{} stretches",
            stretches.len()
        );
        Ok(())
    }
}
