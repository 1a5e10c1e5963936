//! Settings of the program: language, look, quiet hours, reports, what a new guard begins with. Owns their names in the store and
//! their checks; quiet hours and the hours of reports are obeyed by the engine, start at login is the desktop's.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tidegate_engine::QuietHours;

use super::{App, blocking, report};
use crate::config::{self, Findings};
use crate::request::{Item, Items, SettingsChange};
use crate::response::{GuardDefaults, QuietHoursView, SettingsView};
use crate::{ApiError, ErrorCode, Response, presets};

type Answer = Result<Response, ApiError>;

const LANGUAGE: &str = "language";
const THEME: &str = "theme";
const DEFAULTS: &str = "guard_defaults";
const WELCOMED: &str = "welcomed";

impl App {
    pub(super) async fn settings(&self) -> Answer {
        Ok(Response::Settings(Box::new(self.settings_view().await?)))
    }

    async fn settings_view(&self) -> Result<SettingsView, ApiError> {
        Ok(SettingsView {
            language: self.kept(LANGUAGE).await?.unwrap_or_default(),
            theme: self.kept(THEME).await?.unwrap_or_default(),
            quiet_hours: self.engine.quiet_hours().as_ref().map(shown),
            report: report::shown(self.engine.report_settings()),
            guard_defaults: self.kept(DEFAULTS).await?.unwrap_or_else(presets::defaults),
            start_at_login: self.starts_at_login().await,
            welcomed: self.kept(WELCOMED).await?.unwrap_or_default(),
            demo: false,
            data_folder: self.home.root().display().to_string(),
            vault: self.vault.name().to_owned(),
            zone: self.zone.name().to_owned(),
        })
    }

    /// A kept setting; one that this version cannot read counts as not set.
    async fn kept<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ApiError> {
        let value = self.engine.own_setting(name).await?;
        Ok(value.and_then(|value| serde_json::from_value(value).ok()))
    }

    async fn starts_at_login(&self) -> Option<bool> {
        let desktop = self.desktop.clone()?;
        let asked = blocking(move || Ok(desktop.start_at_login())).await.ok()?;
        asked
            .inspect_err(
                |error| tracing::warn!(%error, "the desktop does not say whether it starts the program"),
            )
            .ok()
    }

    pub(super) async fn save_settings(&self, change: SettingsChange, by: &str) -> Answer {
        let quiet = change
            .quiet_hours
            .map(|hours| hours.as_ref().map(quiet).transpose());
        let quiet = quiet.transpose()?;
        let reports = match change.report {
            Some(settings) => Some(self.report_settings(settings).await?),
            None => None,
        };
        if let Some(defaults) = &change.guard_defaults {
            check_defaults(defaults)?;
        }
        let mut own = Vec::new();
        put(&mut own, LANGUAGE, change.language.as_ref());
        put(&mut own, THEME, change.theme.as_ref());
        put(&mut own, DEFAULTS, change.guard_defaults.as_ref());
        put(&mut own, WELCOMED, change.welcomed.as_ref());
        if let Some(on) = change.start_at_login {
            self.start_at_login(on, by).await?;
        }
        self.engine.save_settings(quiet, reports, own, by).await?;
        self.settings().await
    }

    async fn start_at_login(&self, on: bool, by: &str) -> Result<(), ApiError> {
        let Some(desktop) = self.desktop.clone() else {
            return Err(ApiError::new(
                ErrorCode::Refused,
                "there is no desktop here that could start the program; use a service of the system instead",
            ));
        };
        let set = blocking(move || Ok(desktop.set_start_at_login(on))).await?;
        set.map_err(|error| ApiError::new(ErrorCode::Outside, error.to_string()))?;
        let facts = serde_json::json!({ "on": on });
        self.engine.note(by, "settings.start_at_login", facts).await;
        Ok(())
    }
}

fn put<T: Serialize>(own: &mut Vec<(String, Value)>, name: &str, value: Option<&T>) {
    if let Some(value) = value.and_then(|value| serde_json::to_value(value).ok()) {
        own.push((name.to_owned(), value));
    }
}

fn shown(hours: &QuietHours) -> QuietHoursView {
    QuietHoursView {
        start: hours.start(),
        end: hours.end(),
        zone: hours.zone().name().to_owned(),
    }
}

fn quiet(view: &QuietHoursView) -> Result<QuietHours, ApiError> {
    QuietHours::new(&view.start, &view.end, &view.zone)
        .map_err(|error| ApiError::new(ErrorCode::BadRequest, error.to_string()))
}

/// What a new guard begins with must be a guard: it is read as one.
fn check_defaults(defaults: &GuardDefaults) -> Result<(), ApiError> {
    let mut guard = serde_json::to_value(defaults).unwrap_or_default();
    if let Some(fields) = guard.as_object_mut() {
        fields.insert("id".to_owned(), "new".into());
        fields.insert("account".to_owned(), "new".into());
    }
    let account = serde_json::json!({
        "id": "new", "provider": "huawei", "secret": { "ak": "vault:new", "sk": "vault:new" },
    });
    let items = Items {
        account: vec![Item(account)],
        guard: vec![Item(guard)],
        ..Items::default()
    };
    let read = config::parse_items(&items, &config::nothing());
    read.map(drop).map_err(|findings| {
        let renamed = findings.0.into_iter().map(|mut finding| {
            finding.path = finding.path.replace("guard[0]", "guard_defaults");
            finding
        });
        Findings(renamed.collect()).into()
    })
}
