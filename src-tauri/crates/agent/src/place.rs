//! Where an agent reports to: an address that may carry a token. https anywhere, http to this machine; to a private
//! address only when a person said so.

use std::fmt;

use tidegate_egress::{plain_allowed, redact};
use url::Url;

use crate::AgentError;

/// The address of a Tidegate.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    base: Url,
    is_private_http: bool,
}

impl Place {
    /// Reads `--report-to`; `plain` is `--allow-plain-http`.
    pub fn new(text: &str, plain: bool) -> Result<Self, AgentError> {
        let mut base: Url = text.trim().parse().map_err(|_| not_an_address())?;
        let is_bare = base.username().is_empty()
            && base.password().is_none()
            && base.query().is_none()
            && base.fragment().is_none();
        if !is_bare || base.host_str().is_none_or(str::is_empty) {
            return Err(not_an_address());
        }
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        let is_private_http = match base.scheme() {
            "https" => false,
            "http" if plain_allowed(&base, false) => false,
            "http" if plain && plain_allowed(&base, true) => true,
            "http" => {
                return Err(AgentError::PlainHttp {
                    host: redact(&base),
                    may_be_allowed: plain_allowed(&base, true),
                });
            }
            _ => return Err(not_an_address()),
        };
        Ok(Self {
            base,
            is_private_http,
        })
    }

    /// The address of one of its routes.
    pub(crate) fn route(&self, path: &str) -> Option<Url> {
        self.base.join(path).ok()
    }

    /// Whether it is reached in the clear, over a network that a person trusts.
    #[must_use]
    pub const fn is_private_http(&self) -> bool {
        self.is_private_http
    }

    /// As it is written down and compared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.base.as_str()
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact(&self.base))
    }
}

fn not_an_address() -> AgentError {
    AgentError::option(
        "--report-to",
        "必须是 https 地址，例如 https://tidegate.example:8443；对本机也可用 http。不带用户名、参数。",
        "must be an https address such as https://tidegate.example:8443, or http to this machine, without user name \
         and query.",
    )
}
