//! The server's settings: subscriptions and the mailbox that reports went to. Owns that an address of a subscription goes
//! to the vault alone.

use ini::Ini;
use secrecy::SecretString;
use serde_json::Value;
use tidegate_channels::catalogue::Text;

use super::super::part::{Ids, mark};
use super::super::{Draft, Fields, item, texts};
use super::setting;
use crate::request::SecretText;

/// Settings that have no counterpart, each with the word on it.
const WITHOUT: [(&str, Text); 8] = [
    ("ListenPort", texts::LISTEN),
    ("ServerToken", texts::SERVER_TOKEN),
    ("DBPath", texts::DATABASE),
    ("MainSubFile", texts::DISTRIBUTION),
    ("ReadMainSubConfig", texts::DISTRIBUTION),
    ("HealthCheckURL", texts::HEALTH),
    ("suburls_update_time", texts::UPDATE_TIME),
    ("ruleset_update_time", texts::DISTRIBUTION),
];

/// Takes over what an INI holds of a server; whether it holds anything.
pub(super) fn take(draft: &mut Draft, file: &Ini) -> bool {
    let mut found = subscriptions(draft, file);
    found |= mail(draft, file);
    for (name, word) in WITHOUT {
        if setting(file, name).is_some() {
            draft.leave_out(name, word, &[]);
            found = true;
        }
    }
    found
}

/// `SubUrls` as a list, or as a section of names.
fn subscriptions(draft: &mut Draft, file: &Ini) -> bool {
    let listed = setting(file, "SubUrls")
        .into_iter()
        .flat_map(|list| list.split(','));
    let listed = listed.map(|url| (None, url.trim()));
    let named = file
        .iter()
        .filter(|(section, _)| section.is_some_and(|name| name.eq_ignore_ascii_case("SubUrls")));
    let named = named.flat_map(|(_, section)| section.iter());
    let named = named.map(|(name, url)| (Some(name), url.trim()));
    let mut ids = Ids::default();
    let mut found = false;
    for (name, url) in listed.chain(named).filter(|(_, url)| !url.is_empty()) {
        found = true;
        let (name, url) = split(name, url);
        let place = name.map_or_else(|| "SubUrls".to_owned(), |name| format!("SubUrls.{name}"));
        subscription(draft, &mut ids, &place, name, url);
    }
    found
}

/// `name=https://…` within a list.
fn split<'a>(name: Option<&'a str>, url: &'a str) -> (Option<&'a str>, &'a str) {
    match url.split_once('=') {
        Some((before, after)) if name.is_none() && !before.contains("://") => {
            (Some(before.trim()), after.trim())
        }
        _ => (name, url),
    }
}

pub(super) fn subscription(draft: &mut Draft, ids: &mut Ids, place: &str, name: Option<&str>, url: &str) {
    let Some(default) = subscription_name(url) else {
        return draft.leave_out(place, texts::NO_URL, &[]);
    };
    let name = name.unwrap_or(&default);
    let Some(id) = ids.take(name) else {
        return draft.leave_out(place, texts::TWICE, &[]);
    };
    let vault = format!("subscription-{id}");
    let secret = SecretText(SecretString::from(url.to_owned()));
    draft
        .secrets
        .entry(vault.clone())
        .or_default()
        .insert("url".to_owned(), secret);
    draft.tell(place, texts::URL_STORED, &[("item", &vault)]);
    let mut secrets = Fields::new();
    secrets.insert("url".to_owned(), format!("vault:{vault}").into());
    let mut fields = Fields::new();
    fields.insert("id".to_owned(), id.into());
    fields.insert("provider".to_owned(), "subscription".into());
    fields.insert("name".to_owned(), name.into());
    fields.insert("secret".to_owned(), Value::Object(secrets));
    draft.items.account.push(item(fields));
}

/// What a subscription without a name is called: its host, and a mark of the whole address that tells two of one host
/// apart. `None` when it is no address.
pub(super) fn subscription_name(url: &str) -> Option<String> {
    let parsed: url::Url = url.parse().ok()?;
    matches!(parsed.scheme(), "http" | "https").then_some(())?;
    Some(format!("{} {}", parsed.host_str()?, mark(url)))
}

fn mail(draft: &mut Draft, file: &Ini) -> bool {
    let Some(host) = setting(file, "SMTPHost") else {
        return false;
    };
    let get = |name: &str| setting(file, name);
    let (Some(user), Some(to)) = (get("EmailUser"), get("EmailTo")) else {
        draft.leave_out("SMTPHost", texts::SMTP, &[]);
        return true;
    };
    let mut fields = Fields::new();
    let mut put = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    put("id", "mail".into());
    put("kind", "smtp".into());
    put("host", host.into());
    put("username", user.into());
    put("from", user.into());
    put("to", to.into());
    put("password", "vault:mail".into());
    match get("SMTPPort").map(str::parse::<u16>) {
        Some(Ok(587)) => {
            put("port", 587.into());
            put("tls", "starttls".into());
        }
        Some(Ok(port)) if port > 0 => put("port", port.into()),
        Some(_) => draft.tell("SMTPPort", texts::PORT, &[]),
        None => {}
    }
    match get("EmailPass") {
        Some(password) => {
            let secret = SecretText(SecretString::from(password.to_owned()));
            draft
                .secrets
                .entry("mail".to_owned())
                .or_default()
                .insert("password".to_owned(), secret);
            draft.tell("EmailPass", texts::STORED, &[("item", "mail")]);
        }
        None => draft.tell(
            "EmailPass",
            texts::PASSWORD,
            &[("item", "mail"), ("field", "password")],
        ),
    }
    draft.items.channel.push(item(fields));
    true
}
