//! The one error that crosses to a caller: a code somebody matches on, and what it says. Never a secret.

use serde::{Deserialize, Serialize};
use tidegate_engine::quotas::QuotaRefused;
use tidegate_engine::{EngineError, Refused};
use tidegate_meter::Lang;
use tidegate_store::StoreError;
use tidegate_vault::VaultError;
use ts_rs::TS;

use crate::config::{Finding, Findings};

/// The class of an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request itself is wrong: nothing was tried.
    BadRequest,
    /// A configuration text has mistakes; `findings` lists all.
    ConfigInvalid,
    /// Nothing of that id.
    NotFound,
    /// A belt or another safety rule refuses it; nothing was changed.
    Refused,
    /// It needs the guard process, which does not run.
    NotRunning,
    /// Another copy holds the database.
    NotHolder,
    /// The provider, channel or keychain failed or could not be read.
    Outside,
    /// The database failed.
    Store,
    /// Other side speaks another version, or broke off.
    Link,
}

/// A request that was not done. Shape on the link: `{code, detail, findings, retryable}`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{detail}")]
pub struct ApiError {
    /// The class.
    pub code: ErrorCode,
    /// One short line: what refused, and why.
    pub detail: String,
    /// For `config_invalid`: each mistake.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(type = "Array<{ line: number, path: string, code: string } & Record<string, unknown>>")]
    pub findings: Vec<Finding>,
    /// Whether the same request may succeed later without any change.
    pub retryable: bool,
}

impl ApiError {
    /// An error without findings.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        let retryable = matches!(
            code,
            ErrorCode::Outside | ErrorCode::Store | ErrorCode::NotHolder | ErrorCode::Link
        );
        Self {
            code,
            detail: detail.into(),
            findings: Vec::new(),
            retryable,
        }
    }

    /// What a person can do next.
    #[must_use]
    pub const fn next_step(&self, lang: Lang) -> &'static str {
        match (self.code, lang) {
            (ErrorCode::BadRequest, Lang::Zh) => "没有做任何改动。改正后再试；--help 有用法。",
            (ErrorCode::BadRequest, Lang::En) => {
                "Nothing was changed. Correct it and try again; --help tells the usage."
            }
            (ErrorCode::ConfigInvalid, Lang::Zh) => "没有做任何改动。改正后再试。",
            (ErrorCode::ConfigInvalid, Lang::En) => "Nothing was changed. Correct the text and try again.",
            (ErrorCode::NotFound, Lang::Zh) => {
                "用 accounts、meters、guards、quota、renewals、mail、channels、agents 查看现有的标识。"
            }
            (ErrorCode::NotFound, Lang::En) => {
                "List what there is with accounts, meters, guards, quota, renewals, mail, channels or agents."
            }
            (ErrorCode::Refused, Lang::Zh) => "没有做任何改动。",
            (ErrorCode::Refused, Lang::En) => "Nothing was changed.",
            (ErrorCode::NotRunning, Lang::Zh) => "先启动 `tidegated run`。",
            (ErrorCode::NotRunning, Lang::En) => "Start `tidegated run` first.",
            (ErrorCode::NotHolder, Lang::Zh) => "另一个进程正在使用数据库；稍后再试，或先停止它。",
            (ErrorCode::NotHolder, Lang::En) => {
                "Another process uses the database; try again in a moment, or end it first."
            }
            (ErrorCode::Outside, Lang::Zh) => "运行 `tidegated doctor` 查看哪里不通。",
            (ErrorCode::Outside, Lang::En) => "Run `tidegated doctor` to see what cannot be reached.",
            (ErrorCode::Store, Lang::Zh) => "检查磁盘空间与权限，再运行 `tidegated doctor`。",
            (ErrorCode::Store, Lang::En) => "Check disk space and rights, then run `tidegated doctor`.",
            (ErrorCode::Link, Lang::Zh) => "确认 tidegated 与正在运行的守护进程版本相同，再试一次。",
            (ErrorCode::Link, Lang::En) => {
                "Make sure tidegated and the running guard are the same version, and try again."
            }
        }
    }
}

impl From<Findings> for ApiError {
    fn from(findings: Findings) -> Self {
        Self {
            findings: findings.0.clone(),
            ..Self::new(ErrorCode::ConfigInvalid, findings.to_string())
        }
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let code = match &error {
            EngineError::Store(_) | EngineError::Row(_) => ErrorCode::Store,
            EngineError::NotHolder { .. } => ErrorCode::NotHolder,
            EngineError::NoAccount(_)
            | EngineError::NoRenewal(_)
            | EngineError::NoGuard(_)
            | EngineError::NoChannel(_)
            | EngineError::NoMailbox(_)
            | EngineError::NoIntent(_)
            | EngineError::NoAlert(_)
            | EngineError::NoDelivery(_)
            | EngineError::NoDevice(_)
            | EngineError::NoMeter(_)
            | EngineError::NoTarget(_) => ErrorCode::NotFound,
            EngineError::Config(_) => ErrorCode::ConfigInvalid,
            EngineError::Refused(refused) if matches!(**refused, Refused::NotRunning) => {
                ErrorCode::NotRunning
            }
            EngineError::Refused(refused) if matches!(**refused, Refused::Range { .. }) => {
                ErrorCode::BadRequest
            }
            EngineError::Refused(refused) => match &**refused {
                Refused::Quota(refused) => of_quota(refused),
                _ => ErrorCode::Refused,
            },
            EngineError::Blind(_) | EngineError::Outside(_) => ErrorCode::Outside,
        };
        Self::new(code, error.to_string())
    }
}

/// What is wrong by itself is a bad request; what the book, the bill or somebody else stands against is refused.
const fn of_quota(refused: &QuotaRefused) -> ErrorCode {
    match refused {
        QuotaRefused::NoSubAccounts(_) | QuotaRefused::NotCharged(_) => ErrorCode::NotFound,
        QuotaRefused::Range { .. }
        | QuotaRefused::OtherCurrency(_)
        | QuotaRefused::NoMoney
        | QuotaRefused::Amount(_)
        | QuotaRefused::Project(_) => ErrorCode::BadRequest,
        QuotaRefused::Underflow { .. }
        | QuotaRefused::BelowSpent { .. }
        | QuotaRefused::SpentUnknown(_)
        | QuotaRefused::Moved { .. }
        | QuotaRefused::Charged(_)
        | QuotaRefused::Taken { .. }
        | QuotaRefused::Unread { .. }
        | QuotaRefused::Policy(_)
        | QuotaRefused::Ourselves(_) => ErrorCode::Refused,
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::new(ErrorCode::Store, error.to_string())
    }
}

impl From<VaultError> for ApiError {
    fn from(error: VaultError) -> Self {
        let code = match error {
            VaultError::TooLarge(_) | VaultError::ReadOnly(_) => ErrorCode::BadRequest,
            VaultError::Locked | VaultError::Absent | VaultError::Failed(_) | VaultError::Sealed => {
                ErrorCode::Outside
            }
        };
        Self::new(code, error.to_string())
    }
}
