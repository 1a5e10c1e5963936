//! A simulated world, and one account in it that is read by a spec.

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;
use tidegate_egress::{Egress, Timer};
use tidegate_meter::{AccountId, Outcome};
use tidegate_providers::specs::{BUILT_IN, Spec, SpecConfig, SpecSource, shown};
use tidegate_providers::{ProviderError, ReadReport, Source};
use tidegate_sim::balances::Money;
use tidegate_sim::time::VirtualTimer;
use tidegate_sim::{SimTransport, World};

/// A spec, the simulated provider behind it, what its account needs beside the keys, and its first meter as it is
/// shown for 1234.5 left, 65.5 spent and a cap of 200.
pub(crate) struct Row {
    pub(crate) spec: &'static str,
    pub(crate) provider: &'static str,
    params: &'static [(&'static str, &'static str)],
    pub(crate) meter: &'static str,
    pub(crate) value: &'static str,
}

const fn row(
    spec: &'static str,
    provider: &'static str,
    params: &'static [(&'static str, &'static str)],
    meter: &'static str,
    value: &'static str,
) -> Row {
    Row {
        spec,
        provider,
        params,
        meter,
        value,
    }
}

const GATEWAY: &[(&str, &str)] = &[("base", "https://gateway.example")];

pub(crate) const ROWS: [Row; 29] = [
    row("openrouter", "openrouter", &[], "balance", "1234.5 USD"),
    row("openai", "openai", &[], "spend_month", "used 65.5 USD"),
    row("anthropic", "anthropic", &[], "spend_month", "used 65.5 USD"),
    row(
        "azure-budget",
        "azure",
        &[],
        "budget_left",
        "134.5 USD of 200 USD",
    ),
    row("azure-cost", "azure", &[], "spend_month", "used 65.5 USD"),
    row("deepseek", "deepseek", &[], "balance.CNY", "1234.5 CNY"),
    row("groq", "groq", &[], "key_ok", "100 percent"),
    row(
        "moonshot",
        "moonshot",
        &[("host", "api.moonshot.cn")],
        "balance",
        "1234.5 CNY",
    ),
    row("siliconflow", "siliconflow", &[], "balance", "1234.5 CNY"),
    row("zhipu", "zhipu", &[], "balance", "1234.5 CNY"),
    row("stepfun", "stepfun", &[], "balance", "1234.5 CNY"),
    row("novita", "novita", &[], "balance", "1234.5 USD"),
    row("xai", "xai", &[], "balance", "1234.5 USD"),
    row(
        "elevenlabs",
        "elevenlabs",
        &[],
        "left",
        "1235 credits of 1300 credits",
    ),
    row("oneapi", "one-api", GATEWAY, "balance", "1234.5 USD of 1300 USD"),
    row(
        "newapi-token",
        "one-api",
        GATEWAY,
        "limit_left",
        "1234.5 USD of 1300 USD",
    ),
    row(
        "newapi-user",
        "one-api",
        &[("base", "https://gateway.example"), ("uid", "7")],
        "balance",
        "1234.5 USD",
    ),
    row("uniapi", "uniapi", &[], "balance", "1234.5 USD"),
    row("tikhub", "tikhub", &[], "balance", "1234.5 USD"),
    row("wxrank", "wxrank", &[], "left", "1234 credits"),
    row("aliyun-balance", "aliyun", &[], "balance", "1234.5 CNY"),
    row("tencent-balance", "tencent", &[], "balance", "1234.5 CNY"),
    row("huawei-balance", "huawei", &[], "balance", "1234.5 CNY"),
    row("volc-balance", "volcengine", &[], "balance", "1234.5 CNY"),
    row("digitalocean", "digitalocean", &[], "balance", "1234.5 USD"),
    row("vultr", "vultr", &[], "balance", "1234.5 USD"),
    row("linode", "linode", &[], "balance", "1234.5 USD"),
    row(
        "aws-ce",
        "aws",
        &[("accept_cost", "yes")],
        "spend_month",
        "used 65.5 USD",
    ),
    row("aws-freetier", "aws", &[], "balance", "1234.5 USD"),
];

/// The world and its clock; the account of a row has what [`Row`] says.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) timer: Arc<dyn Timer>,
}

impl Scene {
    /// Twenty days into a month.
    pub(crate) fn new(row: &Row) -> Self {
        let timer = VirtualTimer::new("2026-01-20T08:00:00Z".parse().unwrap());
        let world = World::new(1).build(timer.outside());
        let money = Money {
            left: Some("1234.5".to_owned()),
            spent: Some("65.5".to_owned()),
            cap: Some("200".to_owned()),
            currency: None,
        };
        world.set_money(row.provider, &money).unwrap();
        Self {
            world,
            timer: Arc::new(timer),
        }
    }

    /// An account with the row's keys, of which `change` may spoil one.
    pub(crate) fn account(&self, row: &Row, change: fn(&str, String) -> String) -> SpecSource {
        let (_, text) = BUILT_IN.iter().find(|(id, _)| *id == row.spec).unwrap();
        let spec = Arc::new(Spec::parse(text).unwrap());
        let known = self.world.purse(row.provider).unwrap();
        let secret: Vec<&str> = spec.secret_params().map(|param| param.key.as_str()).collect();
        let secrets: BTreeMap<String, SecretString> = secret
            .iter()
            .filter_map(|key| Some(((*key).to_owned(), change(key, known.get(key)?.clone()).into())))
            .collect();
        let wanted = |key: &str| spec.params.iter().any(|param| param.key == key && !param.secret);
        let mut params: BTreeMap<String, String> = known
            .iter()
            .filter(|(key, _)| wanted(key))
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect();
        params.extend(
            row.params
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned())),
        );
        let transport = SimTransport::new(self.world.clone(), Arc::clone(&self.timer));
        let egress = Egress::new(Arc::new(transport), Arc::clone(&self.timer)).with_jitter_seed(1);
        let config = SpecConfig {
            account: AccountId::new("lab").unwrap(),
            spec,
            params,
            secrets,
            endpoint: None,
        };
        SpecSource::new(config, Arc::new(egress)).unwrap()
    }

    pub(crate) async fn read(&self, row: &Row) -> Result<ReadReport, ProviderError> {
        self.account(row, |_, value| value).read().await
    }
}

/// The row's meter as it is shown; what failed the whole look is shown as its blindness.
pub(crate) fn told(row: &Row, read: &Result<ReadReport, ProviderError>) -> Option<String> {
    match read {
        Err(error) => Some(shown(&Outcome::Blind(error.blind()))),
        Ok(report) => {
            let look = report
                .meters
                .iter()
                .find(|look| look.info.id.as_str() == row.meter)?;
            Some(shown(&look.outcome))
        }
    }
}
