//! The makers of providers and channels. Owns which name makes which adapter; the real adapters go over the one
//! transport, a test gives its own maker.

use std::sync::Arc;

use tidegate_channels::Channel;
use tidegate_providers::mailbox::MailSource;
use tidegate_providers::proxy::Kernel;
use tidegate_providers::sub_accounts::SubAccounts;
use tidegate_providers::{Control, Source};
use tidegate_vault::Fields;

use crate::config::{AccountConfig, ChannelConfig, MailboxConfig};

/// The secrets of an account, resolved. Their `Debug` shows nothing of them.
#[derive(Clone, Debug, Default)]
pub struct AccountSecrets {
    /// The credential that watches.
    pub watch: Fields,
    /// The separate credential that acts, where one is configured.
    pub act: Option<Fields>,
}

/// Both sides of an account at its provider.
#[derive(Clone)]
pub struct Links {
    /// Reads.
    pub source: Arc<dyn Source>,
    /// Acts.
    pub control: Arc<dyn Control>,
    /// Its sub-accounts, where the provider has such.
    pub sub_accounts: Option<Arc<dyn SubAccounts>>,
    /// Its proxy kernel, where the account is one.
    pub kernel: Option<Arc<dyn Kernel>>,
}

/// Why an adapter cannot be made from a configuration; names the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MakeError(pub String);

/// Makes the adapters to the outside.
pub trait Outside: Send + Sync {
    /// Both sides of an account.
    fn account(&self, config: &AccountConfig, secrets: AccountSecrets) -> Result<Links, MakeError>;
    /// Both sides of an account that is only tried: like [`Self::account`], and leaves nothing behind.
    fn trial(&self, config: &AccountConfig, secrets: AccountSecrets) -> Result<Links, MakeError> {
        self.account(config, secrets)
    }
    /// Whether the provider of an account has sub-accounts; asked also while its adapters cannot be made.
    fn has_sub_accounts(&self, _config: &AccountConfig) -> bool {
        false
    }
    /// Whether the account is a proxy kernel; asked also while its adapters cannot be made.
    fn has_kernel(&self, _config: &AccountConfig) -> bool {
        false
    }
    /// A channel.
    fn channel(&self, config: &ChannelConfig, secrets: Fields) -> Result<Arc<dyn Channel>, MakeError>;
    /// A mailbox. A world without mail has none.
    fn mailbox(&self, config: &MailboxConfig, _secrets: Fields) -> Result<Arc<dyn MailSource>, MakeError> {
        Err(MakeError(format!("mailbox {}: there is no mail here", config.id)))
    }
}
