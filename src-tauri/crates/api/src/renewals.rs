//! When something falls due, from texts as a person writes them: for the command line and for the window while a renewal
//! is edited. Pure: needs no home, no guard and no clock. The rules are [`tidegate_providers::calendar`]'s.

use jiff::civil::Date;
use tidegate_meter::Lang;
use tidegate_providers::calendar::limits::PREVIEW_DUES;
use tidegate_providers::calendar::{Cycle, CycleError, DayForm, Standing, days_between, parse_date};

use crate::response::DuesView;
use crate::{ApiError, ErrorCode};

/// A field of a preview that cannot be understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{field}: allowed is {}", self.allowed(Lang::En))]
pub struct PreviewError {
    /// Which: `cycle`, `day`, `paid` or `today`.
    pub field: &'static str,
    wants: Wants,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wants {
    Cycle,
    Day(DayForm),
}

impl PreviewError {
    /// What is allowed there.
    #[must_use]
    pub const fn allowed(&self, lang: Lang) -> &'static str {
        match (self.wants, lang) {
            (Wants::Cycle, Lang::Zh) => {
                "weekly、monthly、yearly、\"every N days\"（1 到 3660）、\"every N months\"（1 到 120）、once 或 trial"
            }
            (Wants::Cycle, Lang::En) => {
                "weekly, monthly, yearly, \"every N days\" (1 to 3660), \"every N months\" (1 to 120), once or trial"
            }
            (Wants::Day(DayForm::Weekday), Lang::Zh) => "1 到 7，1 是星期一",
            (Wants::Day(DayForm::DayOfMonth), Lang::Zh) => "1 到 31",
            (Wants::Day(DayForm::DayOfYear), Lang::Zh) => "月-日，如 02-29",
            (Wants::Day(DayForm::Date), Lang::Zh) => "日期 YYYY-MM-DD",
            (Wants::Day(form), Lang::En) => form.allowed(),
        }
    }
}

impl From<CycleError> for PreviewError {
    fn from(error: CycleError) -> Self {
        match error {
            CycleError::Cycle => Self {
                field: "cycle",
                wants: Wants::Cycle,
            },
            CycleError::Day(form) => Self {
                field: "day",
                wants: Wants::Day(form),
            },
        }
    }
}

impl From<PreviewError> for ApiError {
    fn from(error: PreviewError) -> Self {
        Self::new(ErrorCode::BadRequest, error.to_string())
    }
}

/// The next due dates that are not paid yet, and the days from `today` to the first.
///
/// Paid *through* `paid`: what is due on or before it is settled, the first due date after it is the next one, also when
/// that has passed: then it is overdue and the days are negative. Without `paid`, from `today` on. A one-off that is
/// settled has none: `due` is empty and `days` null. Errors name the field and what is allowed.
pub fn preview(cycle: &str, day: &str, paid: Option<&str>, today: &str) -> Result<DuesView, PreviewError> {
    let cycle = Cycle::parse(cycle, day)?;
    let paid = paid.map(|paid| date("paid", paid)).transpose()?;
    let today = date("today", today)?;
    let standing = Standing {
        cycle,
        paid,
        since: None,
        by_itself: false,
    };
    let due: Vec<Date> = standing.open(today).take(PREVIEW_DUES).collect();
    Ok(DuesView {
        days: due.first().map(|first| days_between(today, *first)),
        due,
    })
}

/// A date of a request. Errors name the field.
pub(crate) fn date(field: &'static str, text: &str) -> Result<Date, PreviewError> {
    parse_date(text).ok_or(PreviewError {
        field,
        wants: Wants::Day(DayForm::Date),
    })
}
