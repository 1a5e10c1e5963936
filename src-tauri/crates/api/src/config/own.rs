//! A user's own descriptions of providers beside a configuration text: read with it, and their mistakes told as the
//! text's are.

use std::path::Path;

use tidegate_engine::config::Config;
use tidegate_meter::Lang;
use tidegate_providers::specs::{OwnSpecs, Registry, SpecFault};

use super::fault::{Fault, Finding, Findings};
use super::parse_with;

/// Like [`super::parse`], with the descriptions of that folder beside those of the program. Their mistakes are mistakes
/// too.
pub fn parse_beside(text: &str, known: &Config, folder: &Path) -> Result<Config, Findings> {
    let own = OwnSpecs::read(folder);
    let wrong = own_spec_findings(&own);
    let specs = Registry::default();
    specs.replace(own);
    let read = parse_with(text, known, &specs)?;
    if wrong.is_empty() {
        Ok(read)
    } else {
        Err(Findings(wrong))
    }
}

/// Every mistake of the files that are not used; its path begins with the file.
#[must_use]
pub fn own_spec_findings(own: &OwnSpecs) -> Vec<Finding> {
    own.faults().iter().flat_map(findings).collect()
}

fn findings(fault: &SpecFault) -> Vec<Finding> {
    let finding = |line: usize, path: &str, zh: String, en: String| Finding {
        line,
        path: format!(
            "specs/{}{}{path}",
            fault.file,
            if path.is_empty() { "" } else { ": " }
        ),
        fault: Fault::OwnSpec { zh, en },
    };
    if fault.mistakes.is_empty() {
        let told = |lang| fault.render(lang).concat();
        return vec![finding(1, "", told(Lang::Zh), told(Lang::En))];
    }
    let each = |mistake: &tidegate_providers::specs::Mistake| {
        let told = |lang| mistake.wrong.render(lang);
        finding(mistake.line, &mistake.path, told(Lang::Zh), told(Lang::En))
    };
    fault.mistakes.iter().map(each).collect()
}
