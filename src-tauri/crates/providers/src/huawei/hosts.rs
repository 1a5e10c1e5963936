//! Which host serves what. Only billing differs by site; Config and IAM have one host, the rest one per region.

use url::Url;

use super::Site;
use super::error::shape;
use crate::ProviderError;

/// A service, with its region where it has one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Service {
    /// Projects.
    Iam,
    /// Billing.
    Bss,
    /// Resources of the account.
    Config,
    /// Servers.
    Ecs(String),
    /// Monitoring.
    Ces(String),
    /// Public addresses.
    Eip(String),
}

impl Service {
    /// The short name that errors and breakers use.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Iam => "iam".to_owned(),
            Self::Bss => "bss".to_owned(),
            Self::Config => "config".to_owned(),
            Self::Ecs(region) => format!("ecs.{region}"),
            Self::Ces(region) => format!("ces.{region}"),
            Self::Eip(region) => format!("vpc.{region}"),
        }
    }

    fn host(&self, site: Site) -> String {
        match (self, site) {
            (Self::Iam, _) => "iam.myhuaweicloud.com".to_owned(),
            (Self::Config, _) => "rms.myhuaweicloud.com".to_owned(),
            (Self::Bss, Site::International) => "bss-intl.myhuaweicloud.com".to_owned(),
            (Self::Bss, _) => "bss.myhuaweicloud.com".to_owned(),
            (Self::Ecs(_) | Self::Ces(_) | Self::Eip(_), _) => format!("{}.myhuaweicloud.com", self.place()),
        }
    }

    /// The whole address; an `endpoint` stands for every service, whose paths do not overlap. `query` is canonical.
    pub(super) fn url(
        &self,
        endpoint: Option<&Url>,
        site: Site,
        path: &str,
        query: &str,
    ) -> Result<Url, ProviderError> {
        let base = endpoint.map_or_else(|| format!("https://{}", self.host(site)), Url::to_string);
        let base = base.trim_end_matches('/');
        let query = if query.is_empty() {
            String::new()
        } else {
            format!("?{query}")
        };
        Url::parse(&format!("{base}{path}{query}")).map_err(|_| shape("the endpoint is no usable address"))
    }
}

/// Whether a project's name is a region (`cn-north-4`): others, such as `MOS`, are not.
pub(super) fn is_region(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    let plain = |part: &&str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    parts.len() >= 3
        && parts.iter().all(plain)
        && parts
            .last()
            .is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(service: &Service, site: Site) -> String {
        service.url(None, site, "/p", "").unwrap().to_string()
    }

    #[test]
    fn the_site_moves_billing_and_nothing_else() {
        let here = Service::Ecs("ap-southeast-1".to_owned());
        for site in [Site::China, Site::International] {
            assert_eq!(
                address(&here, site),
                "https://ecs.ap-southeast-1.myhuaweicloud.com/p"
            );
            assert_eq!(address(&Service::Config, site), "https://rms.myhuaweicloud.com/p");
        }
        assert_eq!(
            address(&Service::Bss, Site::China),
            "https://bss.myhuaweicloud.com/p"
        );
        assert_eq!(
            address(&Service::Bss, Site::International),
            "https://bss-intl.myhuaweicloud.com/p"
        );
    }

    #[test]
    fn an_endpoint_serves_every_service() {
        let base: Url = "http://127.0.0.1:18080".parse().unwrap();
        for service in [Service::Iam, Service::Bss, Service::Ces("cn-north-4".to_owned())] {
            let url = service.url(Some(&base), Site::Auto, "/v1/x", "a=%2C").unwrap();
            assert_eq!(url.as_str(), "http://127.0.0.1:18080/v1/x?a=%2C");
        }
    }

    #[test]
    fn only_region_names_are_regions() {
        for name in ["cn-north-4", "ap-southeast-1", "ae-ad-1", "my-kualalumpur-1"] {
            assert!(is_region(name), "{name}");
        }
        for name in [
            "MOS",
            "",
            "cn-north",
            "cn-north-4_team",
            "cn--4",
            "evil.example.com/x-y-1",
            "a-b-c",
        ] {
            assert!(!is_region(name), "{name}");
        }
    }
}
