//! Channels that send messages away, made from their configuration and secrets. Owns which field of either becomes what of
//! a channel; what each may hold was checked when it was configured, and is checked again by the channel itself.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use secrecy::SecretString;
use tidegate_channels::smtp::{Mailbox, Security, SmtpConfig};
use tidegate_channels::telegram::TelegramConfig;
use tidegate_channels::webhook::{Expected, WebhookConfig};
use tidegate_channels::{Channel, ChannelError, Hook, Smtp, Telling, Wire};
use tidegate_meter::Zone;
use tidegate_vault::Fields;

use crate::config::{ChannelConfig, Params};
use crate::outside::MakeError;
use crate::standard::needed;

/// Secret fields that are headers are named with this before the header.
const HEADER: &str = "header.";

/// The channel of a configuration.
pub(crate) fn made(
    config: &ChannelConfig,
    secrets: &Fields,
    zone: &Zone,
    wire: Wire,
) -> Result<Arc<dyn Channel>, MakeError> {
    let telling = Telling {
        keyword: config.keyword.clone(),
        mention: lines(&config.params, "mention"),
        ..Telling::new(config.language, zone.clone())
    };
    let secret = secrets.get("secret").cloned();
    let url = || needed(secrets, "url");
    let made = match config.kind.as_str() {
        "feishu" => Hook::feishu(telling, url()?, secret, wire),
        "dingtalk" => Hook::dingtalk(telling, url()?, secret, wire),
        "wecom" => Hook::wecom(telling, url()?, wire),
        "slack" => Hook::slack(telling, url()?, wire),
        "telegram" => Hook::telegram(
            telling,
            telegram(&config.params)?,
            needed(secrets, "token")?,
            wire,
        ),
        "webhook" => Hook::webhook(telling, webhook(&config.params)?, url()?, headers(secrets), wire),
        "smtp" => return smtp(config, secrets, telling, wire),
        other => return Err(MakeError(format!("kind: {other:?} does not exist"))),
    };
    made.map(|hook| Arc::new(hook) as Arc<dyn Channel>)
        .map_err(|error| refused(&error))
}

fn refused(error: &ChannelError) -> MakeError {
    MakeError(error.to_string())
}

/// A list as it is kept: one text of lines.
fn lines(params: &Params, key: &str) -> Vec<String> {
    let text = params.get(key).map_or("", String::as_str);
    text.lines().map(str::to_owned).collect()
}

fn asked<'a>(params: &'a Params, key: &str) -> Result<&'a str, MakeError> {
    let text = params.get(key).map(String::as_str);
    text.ok_or_else(|| MakeError(format!("{key}: is missing")))
}

/// A field that may be left out.
fn read<T: FromStr>(params: &Params, key: &str) -> Result<Option<T>, MakeError> {
    let text = params.get(key);
    text.map(|text| {
        text.parse()
            .map_err(|_| MakeError(format!("{key}: cannot be read")))
    })
    .transpose()
}

fn telegram(params: &Params) -> Result<TelegramConfig, MakeError> {
    Ok(TelegramConfig {
        chat: asked(params, "chat_id")?
            .parse()
            .map_err(|error| refused(&error))?,
        thread: read(params, "thread_id")?,
        base: params.get("base").cloned(),
    })
}

fn webhook(params: &Params) -> Result<WebhookConfig, MakeError> {
    let ok = params.get("ok_pointer").map(|pointer| Expected {
        pointer: pointer.clone(),
        equals: params.get("ok_equals").cloned().unwrap_or_default(),
    });
    Ok(WebhookConfig {
        put: params.get("method").is_some_and(|method| method == "PUT"),
        template: read(params, "template")?.unwrap_or_default(),
        ok,
    })
}

/// The headers of a webhook: the one with a field of its own, and those by name.
fn headers(secrets: &Fields) -> BTreeMap<String, SecretString> {
    let own = secrets
        .get("authorization")
        .map(|value| ("authorization".to_owned(), value.clone()));
    let named = secrets.iter().filter_map(|(field, value)| {
        let name = field.strip_prefix(HEADER)?;
        Some((name.to_owned(), value.clone()))
    });
    named.chain(own).collect()
}

fn smtp(
    config: &ChannelConfig,
    secrets: &Fields,
    telling: Telling,
    wire: Wire,
) -> Result<Arc<dyn Channel>, MakeError> {
    let params = &config.params;
    let security = match params.get("tls").map(String::as_str) {
        None | Some("implicit") => Security::Implicit,
        Some("starttls") => Security::StartTls,
        Some("none") => Security::Plain,
        Some(_) => return Err(MakeError("tls: cannot be read".to_owned())),
    };
    let to: Result<Vec<Mailbox>, ChannelError> =
        lines(params, "to").iter().map(|text| text.parse()).collect();
    let smtp = SmtpConfig {
        host: asked(params, "host")?.to_owned(),
        port: read(params, "port")?.unwrap_or(security.port()),
        security,
        username: params.get("username").cloned(),
        from: asked(params, "from")?.parse().map_err(|error| refused(&error))?,
        to: to.map_err(|error| refused(&error))?,
        ca: params.get("ca").cloned(),
    };
    let password = secrets.get("password").cloned();
    let made = Smtp::new(telling, smtp, password, wire.timer).map_err(|error| refused(&error))?;
    Ok(Arc::new(made))
}
