//! Trials: an account or a channel that is not configured yet, tried with the secrets in hand. Nothing is stored, and no
//! meter of a trial is judged.

use tidegate_channels::{Delivered, Delivery, Message};
use tidegate_guard::Severity;
use tidegate_providers::sub_accounts::Bill;
use tidegate_providers::{FoundTarget, MeterLook, ProviderError};
use tidegate_vault::Fields;

use crate::config::{AccountConfig, ChannelConfig, SecretRef, SecretRefs};
use crate::inner::Inner;
use crate::outside::AccountSecrets;
use crate::view::Trial;
use crate::{EngineError, limits, secrets};

/// Reads an account once: who it is, what it has, how much is left, which rights its key lacks.
pub(crate) async fn account(
    inner: &Inner,
    config: &AccountConfig,
    given: AccountSecrets,
) -> Result<Trial, EngineError> {
    let begun = inner.now().mono;
    let mut trial = Trial::default();
    let read = read(inner, config, given, &mut trial);
    let answer = tokio::select! {
        biased;
        answer = read => answer,
        () = inner.parts.timer.sleep(limits::LOOK_MAX) => Err(tidegate_meter::Blind::new(
            tidegate_meter::Reason::Transient,
            "the provider did not answer in time",
        )),
    };
    trial.blind = answer.err();
    trial.took = inner.now().mono.since(begun);
    Ok(trial)
}

async fn read(
    inner: &Inner,
    config: &AccountConfig,
    given: AccountSecrets,
    trial: &mut Trial,
) -> Result<(), tidegate_meter::Blind> {
    let secrets = AccountSecrets {
        watch: filled(inner, &config.secret, given.watch).await?,
        act: match (config.act_secret.is_empty(), given.act) {
            (true, None) => None,
            (_, act) => Some(filled(inner, &config.act_secret, act.unwrap_or_default()).await?),
        },
    };
    let made = inner.outside.trial(config, secrets);
    let links = made.map_err(|error| tidegate_meter::Blind::new(tidegate_meter::Reason::Shape, error.0))?;
    let check = links.source.check().await.map_err(|error| blind(&error))?;
    trial.kernel = links.kernel.is_some();
    (trial.site, trial.regions) = (check.site, check.regions);
    let found = links.source.discover(true).await;
    trial.missing_rights = links.source.missing_rights().await;
    trial.targets = found.as_ref().map(targets).unwrap_or_default();
    let report = links.source.read().await.map_err(|error| blind(&error))?;
    trial.meters = report.meters.into_iter().map(look).collect();
    trial.bill = report.bill.map(billed);
    trial.at = Some(report.at);
    match found {
        // The meters could be read all the same: the servers are missing, and that is told.
        Err(error) if trial.meters.is_empty() => Err(blind(&error)),
        _ => Ok(()),
    }
}

/// The running month is the last one.
fn billed(bill: Bill) -> Result<(), tidegate_meter::Blind> {
    bill.users?;
    match bill.months.into_iter().last() {
        Some(month) => month.spent.map(drop),
        None => Ok(()),
    }
}

fn blind(error: &ProviderError) -> tidegate_meter::Blind {
    error.blind()
}

fn targets(found: &tidegate_providers::Discovery) -> Vec<FoundTarget> {
    found.targets.clone()
}

fn look(look: MeterLook) -> (tidegate_meter::MeterInfo, tidegate_meter::Outcome) {
    (look.info, look.outcome)
}

/// Secrets in hand first; what was not given comes from where the configuration says.
pub(crate) async fn filled(
    inner: &Inner,
    refs: &SecretRefs,
    mut given: Fields,
) -> Result<Fields, tidegate_meter::Blind> {
    let wanted = refs.iter().filter(|(field, _)| !given.contains_key(*field));
    let wanted: SecretRefs = wanted
        .map(|(field, reference): (&String, &SecretRef)| (field.clone(), reference.clone()))
        .collect();
    given.extend(secrets::resolve(inner, &wanted).await?);
    Ok(given)
}

/// Sends a test message through a channel that is not configured.
pub(crate) async fn channel(
    inner: &Inner,
    config: &ChannelConfig,
    given: Fields,
) -> Result<Delivered, EngineError> {
    let resolved = filled(inner, &config.secrets, given).await;
    let fields = resolved.map_err(|blind| EngineError::Blind(blind.detail))?;
    let made = inner.outside.channel(config, fields);
    let channel = made.map_err(|error| EngineError::Blind(error.0))?;
    let delivery = Delivery {
        id: inner.row_id(),
        severity: Severity::Info,
        message: Message::Test {
            channel: config.id.to_string(),
        },
        decided_at: inner.wall(),
        repeat: false,
    };
    let answer = channel.deliver(&delivery).await;
    answer.map_err(|error| EngineError::Blind(error.detail))
}
