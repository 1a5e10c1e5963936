//! Signed requests, as pure functions over plain data: six algorithms with one face.
//!
//! Owns what a signature covers, where it goes (headers, or the query for [`Algorithm::AcsRpc1`]) and the names the
//! algorithms have in a provider's description. Never sends anything, knows no clock and draws no random number: both
//! are passed in. The query leaves exactly as it was signed, so both sides read the same. Tested in `tests/sign`
//! against vectors of the vendors' own clients and against their published rules.

mod acs3;
mod acs_rpc1;
mod canonical;
pub mod huawei;
mod signable;
mod sigv4;
mod skew;
mod tc3;
pub mod volcengine;

use std::fmt;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use tidegate_egress::{Method, redact};
use tidegate_meter::Time;
use url::Url;

pub use canonical::canonical_query;
pub(crate) use canonical::encode;
pub use signable::Signable;
pub(crate) use signable::host;
pub use skew::{Skew, is_clock_complaint};

/// A request before it is signed.
#[derive(Clone, Copy)]
pub struct Draft<'a> {
    /// The method.
    pub method: Method,
    /// The whole address. In its query `+` and `%20` both mean a space.
    pub url: &'a Url,
    /// The headers that the request needs besides host and those of the signature; names in any case, each once.
    pub headers: &'a [(String, String)],
    /// The exact bytes of the body.
    pub body: &'a [u8],
}

/// The key that signs.
#[derive(Clone, Copy)]
pub struct KeyPair<'a> {
    /// The access key: sent in clear.
    pub ak: &'a SecretString,
    /// The secret key: never sent.
    pub sk: &'a SecretString,
    /// The session token of a temporary key: sent.
    pub token: Option<&'a SecretString>,
}

/// How a request is signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// Tencent Cloud, TC3-HMAC-SHA256.
    Tc3,
    /// Alibaba Cloud, ACS3-HMAC-SHA256.
    Acs3,
    /// Alibaba Cloud's older RPC signature, HMAC-SHA1 in the query.
    AcsRpc1,
    /// Volcengine, HMAC-SHA256.
    Volcengine,
    /// Huawei Cloud, SDK-HMAC-SHA256.
    Huawei,
    /// AWS, Signature Version 4.
    SigV4,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 6] = [
        Self::Tc3,
        Self::Acs3,
        Self::AcsRpc1,
        Self::Volcengine,
        Self::Huawei,
        Self::SigV4,
    ];

    /// The name in a provider's description.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tc3 => "tc3",
            Self::Acs3 => "acs3",
            Self::AcsRpc1 => "acs_rpc1",
            Self::Volcengine => "volc",
            Self::Huawei => "huawei_sdk",
            Self::SigV4 => "sigv4",
        }
    }
}

/// A name that no algorithm has.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no such signature: {0:?}; allowed are tc3, acs3, acs_rpc1, volc, huawei_sdk and sigv4")]
pub struct UnknownAlgorithm(pub String);

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == text)
            .ok_or_else(|| UnknownAlgorithm(text.to_owned()))
    }
}

/// What is called, for the algorithms that sign it. An empty text means: there is none.
///
/// | | `service` | `region` | `action` | `version` |
/// |---|---|---|---|---|
/// | [`Algorithm::Tc3`] | in the scope | header `x-tc-region` | header `x-tc-action` | header `x-tc-version` |
/// | [`Algorithm::Acs3`] | – | – | header `x-acs-action` | header `x-acs-version` |
/// | [`Algorithm::AcsRpc1`] | – | – | `Action` in the query | `Version` in the query |
/// | [`Algorithm::Volcengine`] | in the scope | in the scope | `Action` in the query | `Version` in the query |
/// | [`Algorithm::Huawei`] | – | – | – | – |
/// | [`Algorithm::SigV4`] | in the scope | in the scope | header `x-amz-target` | – |
///
/// Alibaba Cloud takes a region as a parameter of the call and Huawei Cloud has it in the host, so theirs is not here.
#[derive(Clone, Copy, Default, Debug)]
pub struct Scope<'a> {
    /// The service's short name, as in its credential scope.
    pub service: &'a str,
    /// The region's id.
    pub region: &'a str,
    /// The operation.
    pub action: &'a str,
    /// The version of the service's interface.
    pub version: &'a str,
}

/// A request that may be sent: the address with its query as signed, and every header but host and content-length.
/// `Debug` shows names only.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The address.
    pub url: Url,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Signed")
            .field("to", &redact(&self.url))
            .field("headers", &names)
            .finish()
    }
}

/// Why a request cannot be signed. Names a field, never a value.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SignError {
    /// Half of the key is missing.
    #[error("the key has no {0}")]
    Empty(&'static str),
    /// The key cannot stand in a header.
    #[error("the key's {0} holds a character that no header may carry; only visible ASCII is allowed")]
    Unsendable(&'static str),
    /// The address names no host.
    #[error("the address names no host")]
    NoHost,
    /// The header or parameter belongs to the signature, or is there twice.
    #[error("{0} may stand in a request once, and those of the signature are set by it alone")]
    Taken(String),
    /// The algorithm covers no such body.
    #[error("this signature covers a body of the type application/x-www-form-urlencoded only")]
    Body,
    /// The algorithm needs a field of the scope.
    #[error("this signature needs a {0}")]
    NeedsScope(&'static str),
}

/// One signature to make: what all algorithms take besides the request.
struct Order<'a> {
    scope: &'a Scope<'a>,
    key: &'a KeyPair<'a>,
    at: Time,
    nonce: [u8; 16],
}

impl Order<'_> {
    fn ak(&self) -> &str {
        self.key.ak.expose_secret()
    }

    fn sk(&self) -> &str {
        self.key.sk.expose_secret()
    }

    fn token(&self) -> Option<&str> {
        self.key.token.map(ExposeSecret::expose_secret)
    }

    /// The instant in a calendar's words, in UTC.
    fn date(&self, format: &str) -> String {
        self.at.to_jiff().strftime(format).to_string()
    }
}

/// The basic form of ISO 8601 that Volcengine, Huawei Cloud and AWS date their requests with.
const BASIC: &str = "%Y%m%dT%H%M%SZ";
/// The extended form, Alibaba Cloud's.
const EXTENDED: &str = "%Y-%m-%dT%H:%M:%SZ";

/// Signs `draft` as of `at`. `nonce` makes two requests of the same second differ, where the algorithm has one
/// (Alibaba Cloud's); it must be random and is not secret.
pub fn sign(
    algorithm: Algorithm,
    scope: &Scope<'_>,
    key: &KeyPair<'_>,
    draft: &Draft<'_>,
    at: Time,
    nonce: [u8; 16],
) -> Result<Signed, SignError> {
    check(key)?;
    let request = Signable::of(draft)?;
    let order = Order {
        scope,
        key,
        at,
        nonce,
    };
    let signed = match algorithm {
        Algorithm::Tc3 => tc3::sign(&order, request),
        Algorithm::Acs3 => acs3::sign(&order, request),
        Algorithm::AcsRpc1 => acs_rpc1::sign(&order, request),
        Algorithm::Volcengine => volcengine::sign_draft(&order, request),
        Algorithm::Huawei => huawei::sign_draft(&order, request),
        Algorithm::SigV4 => sigv4::sign(&order, request),
    }?;
    Ok(signed.leave(draft.url))
}

/// A key that is whole and can be sent. The secret key is only computed with, so it may hold anything.
fn check(key: &KeyPair<'_>) -> Result<(), SignError> {
    let sendable = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    let (ak, sk) = (key.ak.expose_secret(), key.sk.expose_secret());
    let token = key.token.map_or("-", ExposeSecret::expose_secret);
    for (name, text) in [("access key", ak), ("secret key", sk), ("session token", token)] {
        if text.is_empty() {
            return Err(SignError::Empty(name));
        }
    }
    for (name, text) in [("access key", ak), ("session token", token)] {
        if !sendable(text) {
            return Err(SignError::Unsendable(name));
        }
    }
    Ok(())
}
