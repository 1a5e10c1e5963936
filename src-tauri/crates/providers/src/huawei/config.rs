//! What an account of Huawei Cloud is configured with. Owns the shapes; secrets come from the vault, already resolved.

use std::path::PathBuf;
use std::str::FromStr;

use tidegate_meter::{AccountId, MeterId, TargetId};
use url::Url;

/// The website an account belongs to. It follows the account, never the region.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Site {
    /// Found out by asking one billing host and, when it refuses the account as a stranger, the other.
    #[default]
    Auto,
    /// 中国站.
    China,
    /// 国际站.
    International,
}

/// A text that names no site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown site {0:?}: use auto, china or international")]
pub struct SiteError(String);

impl Site {
    /// The name in configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::China => "china",
            Self::International => "international",
        }
    }
}

impl FromStr for Site {
    type Err = SiteError;

    fn from_str(text: &str) -> Result<Self, SiteError> {
        [Self::Auto, Self::China, Self::International]
            .into_iter()
            .find(|site| site.name() == text)
            .ok_or_else(|| SiteError(text.chars().take(24).collect()))
    }
}

/// A person's word on which server a package measures; for that package it replaces what discovery says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mapping {
    /// The package: its `free_resource_id`.
    pub meter: MeterId,
    /// The server.
    pub server: TargetId,
    /// The server's region.
    pub region: String,
    /// The server's name for people.
    pub name: Option<String>,
}

/// One account, without its secrets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HuaweiConfig {
    /// Whose meters these are.
    pub account: AccountId,
    /// The site, or `Auto`.
    pub site: Site,
    /// The regions to look at; empty: all that the key may enter.
    pub regions: Vec<String>,
    /// One base address for every service, for simulators and gateways.
    pub endpoint: Option<Url>,
    /// Manual mappings; several for one package name several servers.
    pub mappings: Vec<Mapping>,
    /// Where the list of packages is kept between runs; `None`: in memory only.
    pub cache_dir: Option<PathBuf>,
    /// Whether cloud monitoring is asked for the traffic since the last change of each package.
    pub fast: bool,
}

impl HuaweiConfig {
    /// The defaults for an account: site found out, every region, no override, no cache, with the fast signal.
    #[must_use]
    pub const fn new(account: AccountId) -> Self {
        Self {
            account,
            site: Site::Auto,
            regions: Vec::new(),
            endpoint: None,
            mappings: Vec::new(),
            cache_dir: None,
            fast: true,
        }
    }
}
