//! An agent's settings: the kernel that it watched. Owns both forms they were written in: an INI of its own, and a part of
//! the kernel's configuration.

use super::super::part::slug;
use super::super::{Draft, Fields, item, texts};
use super::yaml::Values;
use super::{ReadError, setting, yaml};
use crate::request::SecretText;
use ini::Ini;
use secrecy::SecretString;
use serde_json::Value;

/// The part of a kernel's configuration that was the agent's.
const PART: &str = "x-flow-collect";

/// What an agent was told.
#[derive(Default)]
struct Agent<'a> {
    controller: Option<&'a str>,
    secret: Option<&'a str>,
    device: Option<&'a str>,
    reports: bool,
}

/// Takes over what an INI holds of an agent; whether it holds anything.
pub(super) fn take(draft: &mut Draft, file: &Ini) -> bool {
    let agent = Agent {
        controller: setting(file, "MihomoAPIAddr"),
        secret: setting(file, "MihomoSecret"),
        device: setting(file, "DeviceID"),
        reports: setting(file, "RemoteServer").is_some(),
    };
    if setting(file, "LocalLogFile").is_some() {
        draft.leave_out("LocalLogFile", texts::LOCAL_LOG, &[]);
    }
    let found = agent.controller.is_some() || agent.device.is_some() || agent.reports;
    if found {
        kernel(draft, &agent);
    }
    found
}

/// Takes over a kernel's configuration.
pub(super) fn yaml(draft: &mut Draft, text: &str) -> Result<(), ReadError> {
    let file = yaml::read(text, PART)?;
    if !file.top.contains_key(PART) && !file.top.contains_key("external-controller") {
        return Err(ReadError::Shape);
    }
    let agent = Agent {
        controller: told(&file.top, "external-controller"),
        secret: told(&file.top, "secret"),
        device: told(&file.part, "device-id"),
        reports: told(&file.part, "remote-server").is_some(),
    };
    kernel(draft, &agent);
    Ok(())
}

fn told<'a>(values: &'a Values, key: &str) -> Option<&'a str> {
    values
        .get(key)?
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

fn kernel(draft: &mut Draft, agent: &Agent<'_>) {
    let device = agent.device.map_or_else(|| "this-device".to_owned(), slug);
    let mut fields = Fields::new();
    fields.insert("id".to_owned(), format!("kernel-{device}").into());
    fields.insert("provider".to_owned(), "proxy".into());
    fields.insert("name".to_owned(), agent.device.unwrap_or("this device").into());
    let controller = agent.controller.map_or_else(|| "auto".to_owned(), address);
    let mut params = Fields::new();
    params.insert("device".to_owned(), device.clone().into());
    params.insert("controller".to_owned(), controller.into());
    fields.insert("params".to_owned(), Value::Object(params));
    if let Some(secret) = agent.secret {
        let vault = format!("kernel-{device}");
        let kept = SecretText(SecretString::from(secret.to_owned()));
        draft
            .secrets
            .entry(vault.clone())
            .or_default()
            .insert("secret".to_owned(), kept);
        draft.tell("secret", texts::STORED, &[("item", &vault)]);
        let mut secrets = Fields::new();
        secrets.insert("secret".to_owned(), format!("vault:{vault}").into());
        fields.insert("secret".to_owned(), Value::Object(secrets));
    }
    if agent.reports {
        draft.tell("remote-server", texts::REPORTS, &[]);
    }
    draft.items.account.push(item(fields));
}

/// `127.0.0.1:9097`, `:9090` and `0.0.0.0:9090` as an address of this machine.
fn address(text: &str) -> String {
    if text.contains("://") {
        return text.to_owned();
    }
    match text.rsplit_once(':') {
        Some(("" | "0.0.0.0" | "*" | "[::]", port)) => format!("http://127.0.0.1:{port}"),
        _ => format!("http://{text}"),
    }
}
