//! Which service answers what: its name and version, and the region it is signed for. One host serves them all; the gateway
//! goes by the service in the signature.

use url::Url;

use crate::ProviderError;
use crate::refusal::shape;

/// The gateway of every service.
const GATEWAY: &str = "https://open.volcengineapi.com/";
/// Where services without regions are signed for, and the only region of the model service.
pub(super) const HOME: &str = "cn-beijing";

/// A service, with its region where it has one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Service {
    /// Users, keys, policies.
    Iam,
    /// Projects: the same service, a later version.
    Projects,
    /// Who a key belongs to.
    Sts,
    /// Bills and balance.
    Billing,
    /// Models: inference endpoints.
    Ark,
    /// Servers.
    Ecs(String),
}

impl Service {
    /// The name in the signature's scope and in policies.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Iam | Self::Projects => "iam",
            Self::Sts => "sts",
            Self::Billing => "billing",
            Self::Ark => "ark",
            Self::Ecs(_) => "ecs",
        }
    }

    /// The version of its interface.
    pub(super) const fn version(&self) -> &'static str {
        match self {
            Self::Iam | Self::Sts => "2018-01-01",
            Self::Projects => "2021-08-01",
            Self::Billing => "2022-01-01",
            Self::Ark => "2024-01-01",
            Self::Ecs(_) => "2020-04-01",
        }
    }

    /// The region in the signature's scope, which also picks the back end of a regional service.
    pub(super) fn region(&self) -> &str {
        match self {
            Self::Ecs(region) => region,
            _ => HOME,
        }
    }
}

/// The address of every service, without a query.
pub(super) fn base(endpoint: Option<&Url>) -> Result<Url, ProviderError> {
    let mut base = match endpoint {
        Some(endpoint) => endpoint.clone(),
        None => Url::parse(GATEWAY).map_err(|_| shape("the endpoint is no usable address"))?,
    };
    base.set_query(None);
    Ok(base)
}
