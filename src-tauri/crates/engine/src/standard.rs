//! The real adapters: Huawei Cloud and Volcengine over one transport, the desktop where there is one, and what `messengers` makes. Owns
//! which provider and channel kinds exist, and which fields of a secret each needs.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use secrecy::SecretString;
use tidegate_channels::{Channel, Desktop, DesktopConfig, DesktopNotices, Wire};
use tidegate_egress::{Egress, Timer, Transport};
use tidegate_meter::Zone;
use tidegate_providers::huawei::{Credential, Huawei, HuaweiConfig, Mapping};
use tidegate_providers::mailbox::{MailSource, Trust};
use tidegate_providers::proxy::{self, KernelClient, KernelConfig, KernelSource};
use tidegate_providers::specs::{NothingToControl, Registry, Spec, SpecConfig, SpecSource};
use tidegate_providers::subscription_info::{Subscription, SubscriptionConfig, SubscriptionParams};
use tidegate_providers::volcengine::{BillBasisError, Volcengine, VolcengineConfig};
use tidegate_vault::Fields;

use crate::Parts;
use crate::config::{AccountConfig, ChannelConfig, MailboxConfig};
use crate::outside::{AccountSecrets, Links, MakeError, Outside};
use crate::{mailboxes, messengers, subscriptions};

/// Providers that are code; every other is told by a spec.
pub const PROVIDERS: [&str; 4] = ["huawei", VOLCENGINE, PROXY, subscriptions::PROVIDER];
const VOLCENGINE: &str = "volcengine";
/// The provider of an account that is a proxy kernel.
const PROXY: &str = "proxy";
/// Channel kinds that exist.
pub const CHANNELS: [&str; 8] = [
    "feishu", "dingtalk", "wecom", "telegram", "slack", "webhook", "smtp", "desktop",
];

/// Makes the real adapters.
pub(crate) struct Standard {
    egress: Arc<Egress>,
    transport: Arc<dyn Transport>,
    timer: Arc<dyn Timer>,
    cache_dir: Option<PathBuf>,
    zone: Zone,
    notices: Option<Arc<dyn DesktopNotices>>,
    simulated: bool,
    trust: Trust,
    specs: Arc<Registry>,
}

/// The makers of the real adapters, for an outside that replaces some of them.
#[must_use]
pub fn real_outside(parts: &Parts) -> Arc<dyn Outside> {
    Arc::new(Standard::new(parts))
}

impl Standard {
    pub(crate) fn new(parts: &Parts) -> Self {
        let (transport, timer) = (Arc::clone(&parts.transport), Arc::clone(&parts.timer));
        // From the injected randomness, so that a seeded run repeats its waits too.
        let mut seed = [0; 8];
        parts.entropy.fill(&mut seed);
        let egress = Egress::new(Arc::clone(&transport), Arc::clone(&timer))
            .with_jitter_seed(u64::from_le_bytes(seed));
        Self {
            egress: Arc::new(egress),
            transport,
            timer,
            cache_dir: parts.cache_dir.clone(),
            zone: parts.zone.clone(),
            notices: parts.options.notices.clone(),
            simulated: parts.options.simulated,
            trust: Trust::system(),
            specs: Arc::clone(&parts.options.specs),
        }
    }

    fn huawei(
        &self,
        config: &AccountConfig,
        secrets: &AccountSecrets,
        cache_dir: Option<PathBuf>,
    ) -> Result<Links, MakeError> {
        let watch = credential(&secrets.watch)?;
        let act = secrets.act.as_ref().map(credential).transpose()?;
        let huawei = HuaweiConfig {
            account: config.id.clone(),
            site: config.site.parse().map_err(|error| fail("site", &error))?,
            regions: config.regions.clone(),
            endpoint: endpoint(config)?,
            mappings: config
                .mappings
                .iter()
                .map(|mapping| Mapping {
                    meter: mapping.meter.clone(),
                    server: mapping.server.clone(),
                    region: mapping.region.clone(),
                    name: mapping.name.clone(),
                })
                .collect(),
            cache_dir,
            ..HuaweiConfig::new(config.id.clone())
        };
        let made = Arc::new(Huawei::new(huawei, watch, act, Arc::clone(&self.egress)));
        Ok(Links {
            source: Arc::clone(&made) as Arc<dyn tidegate_providers::Source>,
            control: made,
            sub_accounts: None,
            kernel: None,
        })
    }
}

impl Standard {
    fn volcengine(&self, config: &AccountConfig, secrets: &AccountSecrets) -> Result<Links, MakeError> {
        let basis = config.params.get("bill_basis").map(|text| text.parse());
        let volcengine = VolcengineConfig {
            basis: basis
                .transpose()
                .map_err(|error: BillBasisError| MakeError(error.to_string()))?
                .unwrap_or_default(),
            regions: config.regions.clone(),
            protect: config.protect.clone(),
            policies: listed(config.params.get("policies")),
            endpoint: endpoint(config)?,
            ..VolcengineConfig::new(config.id.clone())
        };
        let watch = credential(&secrets.watch)?;
        let act = secrets.act.as_ref().map(credential).transpose()?;
        let made = Arc::new(Volcengine::new(volcengine, watch, act, Arc::clone(&self.egress)));
        Ok(Links {
            source: Arc::clone(&made) as Arc<dyn tidegate_providers::Source>,
            control: Arc::clone(&made) as Arc<dyn tidegate_providers::Control>,
            sub_accounts: Some(made),
            kernel: None,
        })
    }

    fn desktop(&self, config: &ChannelConfig) -> Arc<dyn Channel> {
        let desktop = DesktopConfig {
            lang: config.language,
            zone: self.zone.clone(),
            simulated: self.simulated,
        };
        Arc::new(Desktop::new(
            desktop,
            self.notices.clone(),
            Arc::clone(&self.timer),
        ))
    }

    fn made(
        &self,
        config: &AccountConfig,
        secrets: &AccountSecrets,
        cache_dir: Option<PathBuf>,
    ) -> Result<Links, MakeError> {
        match config.provider.as_str() {
            "huawei" => self.huawei(config, secrets, cache_dir),
            VOLCENGINE => self.volcengine(config, secrets),
            PROXY => self.proxy(config, secrets),
            subscriptions::PROVIDER => self.subscription(config, secrets),
            other => match self.specs.get(other) {
                Some(spec) => self.told(config, secrets, spec),
                None => Err(MakeError(format!("provider: {other:?} does not exist"))),
            },
        }
    }

    fn subscription(&self, config: &AccountConfig, secrets: &AccountSecrets) -> Result<Links, MakeError> {
        let params =
            SubscriptionParams::read(&config.params).map_err(|error| MakeError(error.to_string()))?;
        let subscription = SubscriptionConfig {
            account: config.id.clone(),
            url: needed(&secrets.watch, "url")?,
            params,
            zone: self.zone.clone(),
        };
        let made = Subscription::new(subscription, Arc::clone(&self.egress));
        Ok(Links {
            source: Arc::new(made.map_err(|error| MakeError(error.to_string()))?),
            control: Arc::new(NothingToControl),
            sub_accounts: None,
            kernel: None,
        })
    }

    /// A proxy kernel: read like every account, and watched beside that.
    fn proxy(&self, config: &AccountConfig, secrets: &AccountSecrets) -> Result<Links, MakeError> {
        let kernel = KernelConfig::read(&config.params, secrets.watch.get(proxy::SECRET));
        let kernel = kernel.map_err(|mistake| MakeError(mistake.to_string()))?;
        let client = Arc::new(KernelClient::new(kernel, Arc::clone(&self.timer)));
        Ok(Links {
            source: Arc::new(KernelSource::new(config.id.clone(), Arc::clone(&client))),
            control: Arc::new(NothingToControl),
            sub_accounts: None,
            kernel: Some(client),
        })
    }

    /// An account that is read by a spec.
    fn told(
        &self,
        config: &AccountConfig,
        secrets: &AccountSecrets,
        spec: Arc<Spec>,
    ) -> Result<Links, MakeError> {
        let told = SpecConfig {
            account: config.id.clone(),
            spec,
            params: config.params.clone(),
            secrets: secrets.watch.clone(),
            endpoint: endpoint(config)?,
        };
        let made =
            SpecSource::new(told, Arc::clone(&self.egress)).map_err(|error| MakeError(error.to_string()))?;
        Ok(Links {
            source: Arc::new(made),
            control: Arc::new(NothingToControl),
            sub_accounts: None,
            kernel: None,
        })
    }
}

/// The entries of a list that is told in one text: `ArkFullAccess, TOSFullAccess`.
fn listed(text: Option<&String>) -> Vec<String> {
    let entries = text.into_iter().flat_map(|text| text.split(','));
    let entries = entries.map(str::trim).filter(|entry| !entry.is_empty());
    entries.map(str::to_owned).collect()
}

fn endpoint<T: FromStr>(config: &AccountConfig) -> Result<Option<T>, MakeError> {
    let bad = |_| MakeError("endpoint: not an address".to_owned());
    config
        .endpoint
        .as_ref()
        .map(|text| text.parse().map_err(bad))
        .transpose()
}

impl Outside for Standard {
    fn account(&self, config: &AccountConfig, secrets: AccountSecrets) -> Result<Links, MakeError> {
        self.made(config, &secrets, self.cache_dir.clone())
    }

    fn trial(&self, config: &AccountConfig, secrets: AccountSecrets) -> Result<Links, MakeError> {
        self.made(config, &secrets, None)
    }

    fn has_kernel(&self, config: &AccountConfig) -> bool {
        config.provider == PROXY
    }

    fn has_sub_accounts(&self, config: &AccountConfig) -> bool {
        config.provider == VOLCENGINE
    }

    fn channel(&self, config: &ChannelConfig, secrets: Fields) -> Result<Arc<dyn Channel>, MakeError> {
        if config.kind == "desktop" {
            return Ok(self.desktop(config));
        }
        let wire = Wire {
            transport: Arc::clone(&self.transport),
            timer: Arc::clone(&self.timer),
        };
        messengers::made(config, &secrets, &self.zone, wire)
    }

    fn mailbox(&self, config: &MailboxConfig, secrets: Fields) -> Result<Arc<dyn MailSource>, MakeError> {
        let post = mailboxes::Post {
            trust: self.trust.clone(),
            timer: Arc::clone(&self.timer),
            zone: self.zone.clone(),
        };
        mailboxes::source(config, needed(&secrets, "password")?, post)
    }
}

fn credential(fields: &Fields) -> Result<Credential, MakeError> {
    Ok(Credential {
        ak: needed(fields, "ak")?,
        sk: needed(fields, "sk")?,
        security_token: fields.get("security_token").cloned(),
    })
}

pub(crate) fn needed(fields: &Fields, name: &str) -> Result<SecretString, MakeError> {
    fields
        .get(name)
        .cloned()
        .ok_or_else(|| MakeError(format!("secret: {name} is missing")))
}

fn fail(field: &str, error: &dyn std::fmt::Display) -> MakeError {
    MakeError(format!("{field}: {error}"))
}
