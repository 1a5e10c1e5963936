//! `apply` and `validate`.

use std::path::Path;

use tidegate_api::{ApiError, Request, config};

use super::show;
use crate::args::ApplyArgs;
use crate::ask::ask;
use crate::context::{Context, all_variables};
use crate::exit::{Ended, Exit, Failure};
use crate::out;

/// The text of a configuration file.
pub(crate) fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| {
        let text = format!("{}: {error}", file.display());
        match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::InvalidData => Failure::Usage(text),
            _ => Failure::Outside(text),
        }
    })
}

pub(super) async fn apply(context: &Context, args: ApplyArgs) -> Ended {
    let (text, prune) = (read(&args.file)?, args.prune);
    let request = if args.dry_run {
        Request::Plan { text, prune }
    } else {
        Request::Apply { text, prune }
    };
    let response = ask(context, request).await?;
    show(context, &response);
    if !context.json && args.dry_run {
        out::line(context.say("只是预览，没有改动。", "Only shown; nothing was changed."));
    }
    Ok(Exit::Done)
}

fn of_environment(context: &Context) -> Result<String, Failure> {
    let variables = config::of_environment(all_variables());
    config::environment_beside(&variables, &context.home.specs_dir())
        .map_err(|findings| Failure::Api(findings.into()))
}

/// Against what is configured when there is a home, else alone: reading a file must not make a home.
pub(super) async fn validate(context: &Context, file: Option<&Path>) -> Ended {
    let text = match file {
        Some(file) => read(file)?,
        None => of_environment(context)?,
    };
    if context.home.has_database() {
        ask(context, Request::Validate { text }).await?;
    } else {
        config::parse_beside(&text, &config::nothing(), &context.home.specs_dir()).map_err(ApiError::from)?;
    }
    if context.json {
        out::json(&serde_json::json!({ "valid": true, "findings": [] }));
    } else {
        out::line(context.say("配置正确。", "The configuration is valid."));
    }
    Ok(Exit::Done)
}
