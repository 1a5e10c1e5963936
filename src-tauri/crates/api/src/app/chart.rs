//! A chart: the line from the store's rollups, and over it windows, thresholds, forecast and what happened. Owns what is
//! drawn where; values stay exact integers, and the whole answer stays below [`limits::CHART_BYTES`].

use std::time::Duration;

use tidegate_engine::EngineError;
use tidegate_engine::view as engine;
use tidegate_guard::Hourly;
use tidegate_meter::{AccountId, ByteBase, Quantity, Reading, Time, Unit};
use tidegate_store::{ChartLine, Marks, MeterRow};

use super::App;
use super::marks;
use super::meters::moving;
use crate::request::ChartAsked;
use crate::response::{BandView, ChartPoints, ChartView, LimitLineView, SpanView, StepLineView};
use crate::{ApiError, limits};

impl App {
    pub(super) async fn chart(&self, asked: ChartAsked) -> Result<ChartView, ApiError> {
        let of = (&asked.account, &asked.meter);
        let row = self.store.meter(of.0, of.1).await?;
        let row = row.ok_or_else(|| EngineError::NoMeter(asked.meter.clone()))?;
        let span = (asked.start, asked.end.min(self.now()));
        let gap = self.gap(&asked.account).await;
        let most = usize::try_from(asked.points.clamp(4, limits::HISTORY_POINTS)).unwrap_or(4);
        let line = self.store.chart(of, span, most, gap).await?;
        let earlier = span.0.minus(limits::MARKS_BEFORE);
        let marks = self.store.marks(of, (earlier, span.1)).await?;
        let guards = self.engine.guards().await;
        let mine: Vec<OnMeter<'_>> = guards
            .iter()
            .filter_map(|guard| Some((guard, guard.on(of.0, of.1)?)))
            .collect();
        let draw = |line: &ChartLine| {
            let drawing = Drawing {
                asked: &asked,
                row: &row,
                line,
                marks: &marks,
                guards: &mine,
                now: span.1,
            };
            drawing.view()
        };
        let view = draw(&line);
        match fitting(&view) {
            None => Ok(view),
            // Long numbers: fewer points rather than a longer answer.
            Some(fewer) => Ok(draw(&self.store.chart(of, span, fewer, gap).await?)),
        }
    }

    /// A longer silence is a gap.
    pub(super) async fn gap(&self, account: &AccountId) -> Duration {
        let config = self.engine.config().await;
        let account = config.accounts.iter().find(|item| item.id == *account);
        let interval = account.map_or(limits::INTERVAL_DEFAULT, |account| account.interval);
        interval.saturating_mul(limits::GAP_INTERVALS)
    }
}

type OnMeter<'a> = (&'a engine::GuardView, &'a engine::GuardMeterView);

/// How many points fit beside everything else of a chart that is too long; `None` when it is not.
fn fitting(view: &ChartView) -> Option<usize> {
    /// An instant of thirteen digits, two quotes and two commas.
    const BESIDE_VALUE: usize = 17;
    let bytes = |value: &ChartView| serde_json::to_vec(value).map_or(0, |json| json.len());
    let all = bytes(view);
    if all <= limits::CHART_BYTES {
        return None;
    }
    let mut bare = view.clone();
    bare.points = ChartPoints::default();
    let room = limits::CHART_BYTES.saturating_sub(bytes(&bare));
    let widest = view.points.value.iter().map(String::len).max().unwrap_or(0);
    Some(room / (widest + BESIDE_VALUE))
}

struct Drawing<'a> {
    asked: &'a ChartAsked,
    row: &'a MeterRow,
    line: &'a ChartLine,
    marks: &'a Marks,
    guards: &'a [OnMeter<'a>],
    now: Time,
}

impl Drawing<'_> {
    fn view(&self) -> ChartView {
        let info = &self.row.info;
        let unit = self.row.last_good.as_ref().map_or(Unit::Bytes, Reading::unit);
        let lang = self.asked.lang;
        let of_used = self.is_of_used();
        ChartView {
            account: info.account.clone(),
            meter: info.id.clone(),
            name: info.name.clone(),
            unit: unit.to_string(),
            scale: unit.scale(),
            binary: info.byte_base == ByteBase::Binary,
            start: self.asked.start.ms(),
            end: self.asked.end.ms(),
            of: if of_used { "used" } else { "remaining" }.to_owned(),
            points: self.points(of_used),
            gaps: marks::gaps(self.line, self.marks, lang),
            windows: self.windows(),
            steps: self.steps(),
            limits: self.limits(),
            forecast: if of_used { None } else { self.band() },
            markers: marks::markers(self.line, self.marks, info, (self.asked.start, lang)),
            simulated: false,
        }
    }

    /// Only what was used is known.
    fn is_of_used(&self) -> bool {
        let mut points = self.line.points.iter();
        !self.line.points.is_empty() && points.all(|point| point.remaining.is_none())
    }

    fn points(&self, of_used: bool) -> ChartPoints {
        let mut points = ChartPoints::default();
        for point in &self.line.points {
            let value = if of_used { point.used } else { point.remaining };
            if let Some(value) = value {
                points.at.push(point.fetched_at.ms());
                points.value.push(value.to_string());
            }
        }
        points
    }

    /// Each window ends where the next begins; the newest where the provider says.
    fn windows(&self) -> Vec<SpanView> {
        let runs = &self.line.windows;
        let newest = self.row.last_good.as_ref().and_then(Reading::window);
        let ends = runs
            .iter()
            .skip(1)
            .map(|next| Some(next.start.unwrap_or(next.first)));
        let last = runs.last().and_then(|run| {
            let known = newest.filter(|window| Some(window.start) == run.start);
            known.and_then(|window| window.end)
        });
        runs.iter()
            .zip(ends.chain(std::iter::once(last)))
            .map(|(run, end)| SpanView {
                start: run.start.unwrap_or(run.first).ms(),
                end: end.map(Time::ms),
                limit: run.whole.map(|whole| whole.to_string()),
            })
            .collect()
    }

    fn whole(&self) -> Option<Quantity> {
        self.row.last_good.as_ref().and_then(Reading::limit)
    }

    fn steps(&self) -> Vec<StepLineView> {
        let of = |(guard, meter): &OnMeter<'_>| {
            let hourly = meter.hourly;
            let steps = guard.config.steps.iter();
            let line = |step: &tidegate_guard::Step| StepLineView {
                guard: guard.config.id.to_string(),
                text: step.to_string(),
                at: raw(step.mark(self.whole(), hourly)),
            };
            steps.map(line).collect::<Vec<_>>()
        };
        self.guards.iter().flat_map(of).collect()
    }

    fn limits(&self) -> Vec<LimitLineView> {
        let of = |(guard, meter): &OnMeter<'_>| {
            let limit = guard.config.limit?;
            Some(LimitLineView {
                guard: guard.config.id.to_string(),
                text: limit.to_string(),
                at: raw(limit.mark(self.whole()).or_else(|| moving(meter.why.as_ref()?))),
                predictive: matches!(limit, tidegate_guard::Limit::Predictive { .. }),
            })
        };
        self.guards.iter().filter_map(of).collect()
    }

    /// From the newest reading at three rates, while there is truth.
    fn band(&self) -> Option<BandView> {
        let hourly = self.guards.iter().find_map(|(_, meter)| meter.hourly)?;
        let reading = self.row.outcome.as_ref()?.reading()?;
        // No further than as far again as the chart shows, or a slow meter would squeeze its own history.
        let shown = self.asked.end.since(self.asked.start);
        let until = self.now.plus(shown);
        let window_end = reading.window().and_then(|window| window.end);
        let until = window_end.map_or(until, |end| end.min(until));
        let Hourly { lower, likely, upper } = hourly;
        Some(BandView {
            early: falling(reading, upper, until)?,
            likely: falling(reading, likely, until)?,
            late: falling(reading, lower, until)?,
        })
    }
}

fn raw(quantity: Option<Quantity>) -> Option<String> {
    quantity.map(|quantity| quantity.raw().to_string())
}

/// A straight line from a reading down to nothing, or to `until` where that comes first. Exact to the raw unit.
fn falling(reading: &Reading, hourly: Quantity, until: Time) -> Option<ChartPoints> {
    const HOUR_MS: i128 = 3_600_000;
    let from = reading.as_of().at();
    let left = reading.remaining()?.raw();
    if left <= 0 || until <= from {
        return None;
    }
    let rate = i128::from(hourly.raw().max(0));
    let span = i128::from(until.ms_since(from));
    let burned = rate.checked_mul(span)? / HOUR_MS;
    let (end, value) = if burned < i128::from(left) {
        (until, i64::try_from(i128::from(left) - burned).ok()?)
    } else {
        let lasts = i128::from(left) * HOUR_MS / rate;
        (
            Time::from_ms(from.ms().checked_add(i64::try_from(lasts).ok()?)?),
            0,
        )
    };
    Some(ChartPoints {
        at: vec![from.ms(), end.ms()],
        value: vec![left.to_string(), value.to_string()],
    })
}
