//! Which endpoints may be named: `https` anywhere, plain `http` only on loopback or a private address, never with a
//! path, query or user info, which could carry a secret or another service's name.

use std::net::IpAddr;

use url::{Host, Url};

/// The endpoint in its one written form, or `None` when it may not be used.
pub(super) fn parse(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && matches!(url.path(), "" | "/");
    let allowed = match url.scheme() {
        "https" => url.host().is_some(),
        "http" => url.host().is_some_and(|host| is_near(&host)),
        _ => false,
    };
    (plain && allowed).then(|| url.as_str().trim_end_matches('/').to_owned())
}

fn is_near(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => is_near_address(IpAddr::V4(*address)),
        Host::Ipv6(address) => is_near_address(IpAddr::V6(*address)),
    }
}

fn is_near_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn plain_http_leaves_only_for_loopback_and_private_addresses() {
        assert_eq!(
            parse("http://127.0.0.1:18080/").as_deref(),
            Some("http://127.0.0.1:18080")
        );
        assert!(parse("http://192.168.1.4").is_some());
        assert!(parse("http://[::1]:9").is_some());
        assert!(parse("http://example.com").is_none());
        assert!(parse("http://8.8.8.8").is_none());
        assert!(parse("https://gateway.example.com").is_some());
    }

    #[test]
    fn an_endpoint_with_a_credential_or_a_path_is_refused() {
        for text in [
            "https://u:p@h.example",
            "https://h.example/x",
            "https://h.example/?k=1",
            "file:///x",
            "x",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
