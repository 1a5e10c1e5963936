//! What is seen at a glance, asked for: gathers the answers that it is made from. Here, and beside the demonstration, whose
//! rows are added before anything is judged.

use tidegate_meter::Lang;

use super::App;
use crate::glance::{self, Eye, More, Parts};
use crate::response::{OverviewView, SaidView, TrayView};
use crate::{ApiError, limits};

impl App {
    /// What a glance is made from.
    pub(crate) async fn parts(&self, lang: Lang) -> Result<Parts, ApiError> {
        let telling = self.telling(lang);
        Ok(Parts {
            status: self.status().await,
            meters: self.meters(None, &telling).await?,
            open: self.actions(true, limits::PAGE_ROWS, None, &telling).await?,
        })
    }

    /// What the first page shows beyond a glance.
    pub(crate) async fn more(&self, lang: Lang) -> Result<More, ApiError> {
        let telling = self.telling(lang);
        Ok(More {
            actions: self.actions(false, limits::TODAY_ROWS, None, &telling).await?,
            alerts: self.alerts(false, limits::TODAY_ROWS, None, &telling).await?,
            lapses: self.lapses(limits::OVERVIEW_LAPSES, None, lang).await?,
        })
    }

    fn eye(&self, lang: Lang) -> Eye<'_> {
        Eye {
            lang,
            zone: &self.zone,
            now: self.now(),
        }
    }

    pub(crate) fn tray_of(&self, parts: &Parts, lang: Lang) -> TrayView {
        glance::tray(parts, self.eye(lang))
    }

    pub(crate) fn overview_of(&self, mut parts: Parts, more: More, lang: Lang) -> OverviewView {
        parts.status.sentence = self.said(&parts);
        glance::overview(parts, more, self.eye(lang))
    }

    pub(crate) fn said(&self, parts: &Parts) -> SaidView {
        glance::said(parts, &self.zone, self.now())
    }
}
