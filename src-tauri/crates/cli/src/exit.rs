//! How a command ends: its exit code, and what a person is told.

use std::process::ExitCode;

use tidegate_api::words::Lang;
use tidegate_api::{ApiError, ErrorCode};
use tidegate_server::link::LinkError;

use crate::out;

/// A command that came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// It is done, or the answer is yes.
    Done,
    /// The answer is no.
    No,
}

/// A command that did not.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command was not meant so.
    Usage(String),
    /// The api refused or failed.
    Api(ApiError),
    /// Something outside failed.
    Outside(String),
}

/// What every command returns.
pub(crate) type Ended = Result<Exit, Failure>;

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        Self::Api(ApiError::new(ErrorCode::Link, error.to_string()))
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Outside(format!("{error:#}"))
    }
}

impl Failure {
    const fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Api(error) => match error.code {
                ErrorCode::NotFound => 1,
                ErrorCode::BadRequest | ErrorCode::ConfigInvalid => 2,
                ErrorCode::Refused => 3,
                ErrorCode::NotRunning
                | ErrorCode::NotHolder
                | ErrorCode::Outside
                | ErrorCode::Store
                | ErrorCode::Link => 4,
            },
            Self::Outside(_) => 4,
        }
    }

    /// As programs read it.
    fn error(&self) -> ApiError {
        match self {
            Self::Api(error) => error.clone(),
            Self::Usage(text) => ApiError::new(ErrorCode::BadRequest, text.clone()),
            Self::Outside(text) => ApiError::new(ErrorCode::Outside, text.clone()),
        }
    }

    /// Cause, effect, next step; every mistake of a file on a line of its own.
    fn tell(&self, lang: Lang) {
        match self {
            Self::Usage(text) | Self::Outside(text) => out::to_person(text),
            Self::Api(error) => {
                for finding in &error.findings {
                    out::to_person(&finding.render(lang));
                }
                if error.findings.is_empty() {
                    out::to_person(&error.detail);
                }
                out::to_person(error.next_step(lang));
            }
        }
    }
}

/// The exit code, after a failure was told on stderr; with `--json` also as JSON on stdout.
pub(crate) fn end(ended: Ended, lang: Lang, json: bool) -> ExitCode {
    match ended {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::No) => ExitCode::from(1),
        Err(failure) => {
            if json {
                out::json(&serde_json::json!({ "error": failure.error() }));
            }
            failure.tell(lang);
            ExitCode::from(failure.code())
        }
    }
}

/// The exit code of words that are no command, after they were told on stderr; help and version are answers. A program
/// that asked for JSON gets the first line of what is wrong as JSON.
pub(crate) fn usage(error: &clap::Error, json: bool) -> ExitCode {
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::SUCCESS;
    }
    if json {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        let told = first.strip_prefix("error: ").unwrap_or(first);
        let error = ApiError::new(ErrorCode::BadRequest, told);
        out::json(&serde_json::json!({ "error": error }));
    }
    ExitCode::from(2)
}
