//! The user's own descriptions of providers: read at the start and again whenever a configuration is planned, saved or
//! applied, so that a new file is there at once. What is wrong with one is told; it harms no other.

use std::sync::Arc;

use tidegate_meter::Lang;
use tidegate_providers::specs::{OwnSpecs, SpecFault};

use super::{App, blocking};

/// The condition that is open while a file is not used.
const REFUSED: &str = "spec_refused";

impl App {
    /// Reads the folder again. Accounts keep what they read with until the next apply or save.
    pub(super) async fn reread_specs(&self) {
        let folder = self.home.specs_dir();
        if let Ok(own) = blocking(move || Ok(OwnSpecs::read(&folder))).await {
            self.specs.replace(own);
        }
    }

    /// After an apply or save: accounts of the user's own specs are read by the files as they are now.
    pub(super) async fn take_on_specs(&self) {
        self.engine.renew_providers(&self.specs.own().ids()).await;
        self.tell_specs().await;
    }

    /// Says once that a file is not used, and again when what is wrong with it changes.
    pub(super) async fn tell_specs(&self) {
        let own = self.specs.own();
        match own.faults().first() {
            Some(fault) => self.engine.raise_condition(REFUSED, &first_line(fault)).await,
            None => self.engine.resolve_condition(REFUSED).await,
        }
    }

    /// Each file that is not used, one line per mistake.
    pub(super) fn spec_faults(&self, lang: Lang) -> Vec<String> {
        let own: Arc<OwnSpecs> = self.specs.own();
        own.faults().iter().flat_map(|fault| fault.render(lang)).collect()
    }
}

/// Conditions are stored with one detail, in English as every technical word.
fn first_line(fault: &SpecFault) -> String {
    let lines = fault.render(Lang::En);
    let more = lines.len().saturating_sub(1);
    let first = lines.into_iter().next().unwrap_or_default();
    if more == 0 {
        first
    } else {
        format!("{first} (and {more} more)")
    }
}
