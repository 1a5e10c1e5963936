//! The trend of a meter: the figures of its stored readings, its thresholds and its forecast. Owns the arithmetic between
//! figures and what is told, in whole numbers; nothing is told of a span in which nothing was read.

use tidegate_engine::EngineError;
use tidegate_engine::view as engine;
use tidegate_meter::{AccountId, ByteBase, Lang, MeterId, Quantity, Reading, Time, Unit};
use tidegate_store::{ChartLine, Figures, MeterRow, Sample};

use super::App;
use super::meters::moving;
use crate::response::{
    FiguresView, ForecastView, LimitView, SampleView, StepView, TrendPointView, TrendView,
};
use crate::{ApiError, limits};

impl App {
    /// Of readings fetched in `start..end`, as many points as a page shows.
    pub(super) async fn trend(
        &self,
        (account, meter): (&AccountId, &MeterId),
        (start, end): (Time, Time),
        lang: Lang,
    ) -> Result<TrendView, ApiError> {
        let row = self.store.meter(account, meter).await?;
        let row = row.ok_or_else(|| EngineError::NoMeter(meter.clone()))?;
        let end = end.min(self.now());
        let gap = self.gap(account).await;
        // The end itself is asked for too: the newest reading may be as old as the question.
        let until = Time::from_ms(end.ms().saturating_add(1));
        let line = self
            .store
            .chart((account, meter), (start, until), limits::TREND_POINTS, gap)
            .await?;
        let guards = self.engine.guards().await;
        let mine: Vec<OnMeter<'_>> = guards
            .iter()
            .filter_map(|guard| Some(OnMeter(guard, guard.on(account, meter)?)))
            .collect();
        let forecast = mine.iter().find_map(|on| on.1.forecast);
        let forecast = forecast.map(|forecast| self.telling(lang).forecast(&forecast));
        Ok(view(&row, line, (start, end), &mine, forecast))
    }
}

/// A guard on the meter.
struct OnMeter<'a>(&'a engine::GuardView, &'a engine::GuardMeterView);

impl OnMeter<'_> {
    fn steps(&self, whole: Option<Quantity>) -> impl Iterator<Item = StepView> {
        let view = move |(n, step): (usize, &tidegate_guard::Step)| StepView {
            text: step.to_string(),
            at: step.mark(whole, self.1.hourly),
            crossed: self.1.passed.steps.get(n).copied().unwrap_or(false),
        };
        self.0.config.steps.iter().enumerate().map(view)
    }

    fn limit(&self, whole: Option<Quantity>) -> Option<LimitView> {
        let limit = self.0.config.limit?;
        Some(LimitView {
            text: limit.to_string(),
            at: limit.mark(whole).or_else(|| moving(self.1.why.as_ref()?)),
            predictive: matches!(limit, tidegate_guard::Limit::Predictive { .. }),
            crossed: self.1.passed.limit,
        })
    }
}

fn view(
    row: &MeterRow,
    line: ChartLine,
    (start, end): (Time, Time),
    guards: &[OnMeter<'_>],
    forecast: Option<ForecastView>,
) -> TrendView {
    let unit = row.last_good.as_ref().map_or(Unit::Bytes, Reading::unit);
    let whole = row.last_good.as_ref().and_then(Reading::limit);
    let of_used = line.figures.as_ref().is_some_and(|figures| figures.of_used);
    let (gaps, silent) = line.silent;
    let points = line.points.iter().filter_map(|point| {
        let raw = if of_used { point.used } else { point.remaining }?;
        Some(TrendPointView {
            at: point.fetched_at,
            value: Quantity::from_raw(raw, unit).decimal(),
        })
    });
    TrendView {
        account: row.info.account.clone(),
        meter: row.info.id.clone(),
        name: row.info.name.clone(),
        unit: unit.to_string(),
        binary: row.info.byte_base == ByteBase::Binary,
        start,
        end,
        of: if of_used { "used" } else { "remaining" }.to_owned(),
        points: points.collect(),
        figures: line.figures.as_ref().and_then(|told| figures(told, unit)),
        events: line.figures.map(|told| told.events).unwrap_or_default(),
        gaps,
        silent: u64::try_from(silent / 1000).unwrap_or(0),
        steps: guards.iter().flat_map(|on| on.steps(whole)).collect(),
        limits: guards.iter().filter_map(|on| on.limit(whole)).collect(),
        forecast,
    }
}

/// `None` when a difference does not fit, which no unit of ours comes near.
fn figures(told: &Figures, unit: Unit) -> Option<FiguresView> {
    let sample = |sample: Sample| SampleView {
        at: sample.at,
        value: Quantity::from_raw(sample.value, unit),
    };
    let change = told.last.value.checked_sub(told.first.value)?;
    Some(FiguresView {
        readings: told.readings,
        first: sample(told.first),
        last: sample(told.last),
        lowest: sample(told.least),
        highest: sample(told.most),
        average: Quantity::from_raw(told.average, unit),
        change: Quantity::from_raw(change, unit),
        change_share: percent(change.into(), i128::from(told.first.value).abs()),
        burned: Quantity::from_raw(told.burned, unit),
        burned_daily: daily(told).map(|raw| Quantity::from_raw(raw, unit)),
    })
}

/// A part as a percentage of a whole; `None` of nothing.
pub(super) fn percent(part: i128, whole: i128) -> Option<Quantity> {
    let hundred = 100 * 10_i128.pow(Unit::Percent.scale());
    let raw = nearest(part * hundred, whole)?;
    Some(Quantity::from_raw(raw, Unit::Percent))
}

fn daily(told: &Figures) -> Option<i64> {
    const DAY_MS: i128 = 86_400_000;
    nearest(i128::from(told.burned) * DAY_MS, i128::from(told.burned_ms))
}

/// The nearest whole number to a fraction, halves up; `None` without a denominator.
fn nearest(numerator: i128, denominator: i128) -> Option<i64> {
    let doubled = denominator.checked_mul(2).filter(|doubled| *doubled > 0)?;
    let whole = numerator
        .checked_mul(2)?
        .checked_add(denominator)?
        .div_euclid(doubled);
    i64::try_from(whole).ok()
}
