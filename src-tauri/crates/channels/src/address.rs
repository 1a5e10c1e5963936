//! Which addresses a webhook may have, and which parts of one must never be shown. Tested through each kind.

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use crate::ChannelError;
use crate::limits;

/// A checked address. Its path or query is a credential, so it is only taken out to be sent.
#[derive(Debug)]
pub(crate) struct Address(SecretString);

/// What one platform asks of its own addresses; any other host is a gateway or a simulator and keeps its own paths.
pub(crate) struct Rule {
    /// The platform's hosts.
    pub(crate) hosts: &'static [&'static str],
    /// Whether an address at one of them is a bot's.
    pub(crate) fits: fn(&Url) -> bool,
    /// What such an address looks like.
    pub(crate) hint: &'static str,
}

impl Address {
    /// https only, plain http for this machine; any host, so that gateways and simulators work.
    pub(crate) fn new(url: SecretString, rule: &Rule) -> Result<Self, ChannelError> {
        let checked = check(url.expose_secret())?;
        let platform = checked.host_str().is_some_and(|host| rule.hosts.contains(&host));
        if platform && !(rule.fits)(&checked) {
            return Err(ChannelError::Hook(rule.hint));
        }
        Ok(Self(url))
    }

    /// The address, to be sent.
    pub(crate) fn url(&self) -> Result<Url, ChannelError> {
        check(self.0.expose_secret())
    }

    /// The address and every part of it that could be a credential. Short parts are words of the platform such as
    /// `hook`; hiding them would only garble what is quoted.
    pub(crate) fn hidden(&self) -> Vec<&str> {
        let url = self.0.expose_secret().trim();
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        let parts = path.split(['/', '?', '&', '=']);
        let parts = parts.filter(|part| part.len() >= limits::HIDDEN_PART_BYTES);
        let path = Some(path).filter(|path| path.len() >= limits::HIDDEN_PART_BYTES);
        [url].into_iter().chain(path).chain(parts).collect()
    }
}

/// The address of a bot that may have a secret to sign with.
pub(crate) struct SignedAddress {
    address: Address,
    secret: Option<SecretString>,
}

impl SignedAddress {
    /// As [`Address::new`]; a secret that is given holds something.
    pub(crate) fn new(
        url: SecretString,
        secret: Option<SecretString>,
        rule: &Rule,
    ) -> Result<Self, ChannelError> {
        let address = Address::new(url, rule)?;
        let empty = |secret: &SecretString| secret.expose_secret().trim().is_empty();
        if secret.as_ref().is_some_and(empty) {
            return Err(ChannelError::EmptySecret);
        }
        Ok(Self { address, secret })
    }

    /// The address, to be sent.
    pub(crate) fn url(&self) -> Result<Url, ChannelError> {
        self.address.url()
    }

    /// What signs, if anything does.
    pub(crate) const fn secret(&self) -> Option<&SecretString> {
        self.secret.as_ref()
    }

    /// As [`Address::hidden`], and the secret.
    pub(crate) fn hidden(&self) -> Vec<&str> {
        let secret = self.secret().map(ExposeSecret::expose_secret);
        self.address.hidden().into_iter().chain(secret).collect()
    }
}

/// Parses. The parser's error is dropped: it may quote the address.
pub(crate) fn check(url: &str) -> Result<Url, ChannelError> {
    let url = Url::parse(url.trim()).map_err(|_| ChannelError::Address)?;
    let host = url.host().ok_or(ChannelError::Address)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ChannelError::Address);
    }
    if is_link_local(&host) {
        return Err(ChannelError::LinkLocal);
    }
    match url.scheme() {
        "https" => {}
        "http" if is_this_machine(&host) => {}
        _ => return Err(ChannelError::Plain),
    }
    Ok(url)
}

/// Whether a host is this machine.
pub(crate) fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Where a cloud's servers find their own credentials: no receiver of messages lives there.
fn is_link_local(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.trim_end_matches('.') == "metadata.google.internal",
        Host::Ipv4(address) => address.is_link_local(),
        Host::Ipv6(address) => {
            address.is_unicast_link_local() || address.to_ipv4_mapped().is_some_and(|v4| v4.is_link_local())
        }
    }
}
