//! Which addresses a bot may have.

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::ChannelError;

/// The platform's own hosts; any other host is a gateway or a simulator and keeps its own paths.
const HOSTS: [&str; 2] = ["open.feishu.cn", "open.larksuite.com"];
/// The path of the second version; the first is a dead end.
const HOOK: &str = "/open-apis/bot/v2/hook/";

/// Checks and parses. The parser's error is dropped: it may quote the address.
pub(super) fn check(url: &SecretString) -> Result<Url, ChannelError> {
    let url = Url::parse(url.expose_secret().trim()).map_err(|_| ChannelError::Address)?;
    let host = url.host().ok_or(ChannelError::Address)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ChannelError::Address);
    }
    match url.scheme() {
        "https" => {}
        "http" if is_this_machine(&host) => {}
        _ => return Err(ChannelError::Plain),
    }
    let platform = url.host_str().is_some_and(|host| HOSTS.contains(&host));
    let hook = url
        .path()
        .strip_prefix(HOOK)
        .is_some_and(|token| !token.is_empty());
    if platform && !hook {
        return Err(ChannelError::Hook);
    }
    Ok(url)
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}
