//! What kind of service a spec is about, where its facts come from, and how much is promised.

/// What kind of service it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Category {
    /// Models and speech.
    Ai,
    /// Gateways to models of others.
    Gateway,
    /// Data services.
    Data,
    /// Clouds.
    Cloud,
    /// Sellers of proxy nodes and small servers.
    Network,
}

/// Where the facts of a spec come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Confidence {
    /// Read in the provider's own published SDK.
    Sdk,
    /// Read in the provider's own documentation.
    Docs,
    /// Read in a public program that calls it.
    Code,
    /// From memory; to be checked with a real key.
    Memory,
}

/// How much is promised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Supported.
    Supported,
    /// Undocumented by its provider: may end without notice.
    Experimental,
    /// Written from others' word, not verified.
    Community,
    /// A user's own.
    Own,
}

impl Category {
    /// The word in a file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ai => "ai",
            Self::Gateway => "gateway",
            Self::Data => "data",
            Self::Cloud => "cloud",
            Self::Network => "network",
        }
    }
}

impl Confidence {
    /// The word in a file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sdk => "sdk",
            Self::Docs => "docs",
            Self::Code => "code",
            Self::Memory => "memory",
        }
    }
}

impl Standing {
    /// The word in a file; a user's own file has none.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Experimental => "experimental",
            Self::Community => "community",
            Self::Own => "own",
        }
    }
}
