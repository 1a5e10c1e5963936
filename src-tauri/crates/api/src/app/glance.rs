//! What is seen at a glance, asked for: gathers the answers that it is made from. Here, and beside the demonstration, whose
//! rows are added before anything is judged.

use tidegate_meter::Lang;
use tidegate_store::IntentFilter;

use super::App;
use super::query::page;
use super::views::Telling;
use crate::glance::{self, Eye, More, Parts};
use crate::response::{ActionView, OverviewView, StatusView, TrayView};
use crate::{ApiError, limits};

impl App {
    /// What a glance is made from.
    pub(crate) async fn parts(&self, lang: Lang) -> Result<Parts, ApiError> {
        let telling = self.telling(lang);
        let status = self.status().await;
        Ok(Parts {
            meters: self.meters_of(None, status.accounts.clone(), &telling).await?,
            status,
            open: self.actions(true, limits::PAGE_ROWS, None, &telling).await?,
        })
    }

    /// What the first page shows beyond a glance.
    pub(crate) async fn more(&self, lang: Lang) -> Result<More, ApiError> {
        let telling = self.telling(lang);
        Ok(More {
            actions: self.today(&telling).await?,
            alerts: self.alerts(false, limits::TODAY_ROWS, None, &telling).await?,
            lapses: self.lapses(limits::OVERVIEW_LAPSES, None, lang).await?,
        })
    }

    /// The newest actions; only those that the page lists come with their events.
    async fn today(&self, telling: &Telling<'_>) -> Result<Vec<ActionView>, ApiError> {
        let filter = IntentFilter::Recent {
            before: None,
            limit: page(limits::TODAY_ROWS),
        };
        let mut listed = 0;
        let mut actions = Vec::new();
        for row in self.store.intents(filter).await? {
            let mut events = Vec::new();
            if row.state.is_end() && listed < limits::OVERVIEW_ENDED {
                listed += 1;
                events = self.store.intent_events(row.id).await?;
            }
            actions.push(telling.action(row, events));
        }
        Ok(actions)
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

    pub(crate) fn status_of(&self, parts: Parts) -> StatusView {
        StatusView {
            sentence: glance::said(&parts, &self.zone, self.now()),
            ..parts.status
        }
    }

    pub(crate) fn overview_of(&self, mut parts: Parts, more: More, lang: Lang) -> OverviewView {
        parts.status.sentence = glance::said(&parts, &self.zone, self.now());
        glance::overview(parts, more, self.eye(lang))
    }
}
