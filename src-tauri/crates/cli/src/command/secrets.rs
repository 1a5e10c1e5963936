//! `vault`: a value comes from a prompt or from stdin, never from the command line, which every process can read.

use std::collections::BTreeMap;
use std::io::Read;

use tidegate_api::Request;
use tidegate_api::request::SecretText;
use tidegate_api::words::SecretString;

use super::show;
use crate::args::VaultCommand;
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::out;

/// A secret is at most this long: every keychain holds 2.5 KB an item.
const SECRET_BYTES: u64 = 2560;

pub(super) async fn vault(context: &Context, what: VaultCommand) -> Ended {
    let request = match what {
        VaultCommand::List => Request::VaultList,
        VaultCommand::Delete { item } => Request::VaultDelete { item },
        VaultCommand::Set { item, field } => {
            let value = SecretText(value(context)?);
            Request::VaultSet {
                item,
                fields: BTreeMap::from([(field, value)]),
            }
        }
    };
    show(context, &ask(context, request).await?);
    Ok(Exit::Done)
}

fn value(context: &Context) -> Result<SecretString, Failure> {
    let text = if out::can_ask() {
        rpassword::prompt_password(context.say("密钥（不回显）：", "Secret (not shown): "))
    } else {
        piped()
    };
    let mut text = text.map_err(|error| Failure::Outside(error.to_string()))?;
    // Echoed or piped values end with a line break that is no part of the secret.
    text.truncate(text.trim_end_matches(['\n', '\r']).len());
    if text.is_empty() {
        return Err(Failure::Usage(
            context.say("没有收到密钥。", "No secret was given.").to_owned(),
        ));
    }
    Ok(SecretString::from(text))
}

fn piped() -> std::io::Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(SECRET_BYTES)
        .read_to_string(&mut text)?;
    Ok(text)
}
