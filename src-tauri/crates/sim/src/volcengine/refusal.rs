//! Refusals with their codes, numbers and statuses, by the tables of the gateway's and the services' documentation.

/// Code, number and HTTP status of the gateway's own refusals.
const GATEWAY: [(&str, i64, u16); 17] = [
    ("MissingParameter", 100_002, 400),
    ("MissingAuthenticationToken", 100_003, 401),
    ("MissingRequestInfo", 100_004, 400),
    ("MissingSignature", 100_005, 401),
    ("InvalidTimestamp", 100_006, 400),
    ("ServiceNotFound", 100_007, 404),
    ("InvalidActionOrVersion", 100_008, 404),
    ("InvalidAccessKey", 100_009, 401),
    ("SignatureDoesNotMatch", 100_010, 401),
    ("LackPolicy", 100_012, 403),
    ("AccessDenied", 100_013, 403),
    ("InternalError", 100_014, 500),
    ("InternalServiceTimeout", 100_016, 504),
    ("FlowLimitExceeded", 100_018, 429),
    ("ServiceUnavailableTemp", 100_019, 503),
    ("InternalServiceError", 100_023, 502),
    ("InvalidSecretToken", 100_026, 401),
];

/// Codes of malformed headers: refused by the gateway as well.
const HEADER: [(&str, i64, u16); 2] = [
    ("InvalidAuthorization", 100_024, 400),
    ("InvalidCredential", 100_025, 400),
];

fn row(code: &str) -> Option<(i64, u16)> {
    let mut rows = GATEWAY.iter().chain(&HEADER);
    rows.find(|(of, ..)| *of == code)
        .map(|(_, number, status)| (*number, *status))
}

/// The number of a gateway code; a service's own codes have none.
pub(crate) fn number(code: &str) -> Option<i64> {
    row(code).map(|(number, _)| number)
}

/// The HTTP status of a code.
fn status(code: &str) -> u16 {
    let known = row(code).map(|(_, status)| status);
    known.unwrap_or(match code {
        "ServiceFailure" => 500,
        "ParameterNotFound" => 400,
        _ if code.contains("NotExist") || code.contains("NotFound") => 404,
        _ if code.contains("AlreadyExists")
            || code.contains("Conflict")
            || code.contains("LimitExceeded") =>
        {
            409
        }
        _ => 400,
    })
}

/// A refused request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) retry_after: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            status: status(code),
            code: code.to_owned(),
            message: message.into(),
            retry_after: None,
        }
    }

    pub(crate) fn no_user(name: &str) -> Self {
        Self::new("UserNotExist", format!("User '{name}' does not exist."))
    }

    /// No sub-account has that id or key.
    pub(crate) fn nobody() -> Self {
        Self::new("UserNotExist", "The user does not exist.")
    }

    pub(crate) fn no_policy(name: &str) -> Self {
        let message = format!("Policy '{name}' does not exist or is not attachable.");
        Self::new("PolicyNotExist", message)
    }

    pub(crate) fn no_project(name: &str) -> Self {
        Self::new("ProjectNotExist", format!("Project '{name}' does not exist."))
    }

    pub(crate) fn no_profile() -> Self {
        Self::new("LoginProfileNotExist", "The login profile does not exist.")
    }

    pub(crate) fn denied(trn: &str, action: &str) -> Self {
        let message = format!("User is not authorized to perform: {action} on resource: {trn}.");
        Self::new("AccessDenied", message)
    }

    /// In place of whatever it would have been: with this status.
    pub(crate) const fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}
