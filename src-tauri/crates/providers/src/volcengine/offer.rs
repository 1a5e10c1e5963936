//! Which policies may be attached from here. Whoever may attach any policy to anyone is an administrator in effect; so what
//! makes administrators is never offered by itself, only where the account's owner named it.

use crate::refusal::error;
use crate::sub_accounts::{Policy, PolicyChange, PolicyKind};
use crate::{ProviderError, ProviderErrorKind};

use super::{DENY_ALL, VolcengineConfig};

/// Beginnings of the vendor's policies that give power over users, keys, the organization or money.
const MIGHTY: [&str; 9] = [
    "Administrator",
    "PowerUser",
    "IAM",
    "STS",
    "AccessKey",
    "Organization",
    "CloudIdentity",
    "Billing",
    "Resource",
];

fn is_mighty(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    MIGHTY
        .iter()
        .any(|word| name.starts_with(&word.to_ascii_lowercase()))
}

impl VolcengineConfig {
    /// Whether a policy may be attached.
    pub(super) fn offers(&self, name: &str, kind: PolicyKind) -> bool {
        if name == DENY_ALL {
            return false;
        }
        if self.policies.is_empty() {
            return kind == PolicyKind::System && !is_mighty(name);
        }
        self.policies.iter().any(|offered| offered == name)
    }

    /// What of all policies is offered.
    pub(super) fn offered(&self, policies: Vec<Policy>) -> Vec<Policy> {
        let mut policies = policies;
        policies.retain(|policy| self.offers(&policy.name, policy.kind));
        policies
    }

    /// Refuses what may not be attached.
    pub(super) fn may_attach(&self, change: &PolicyChange) -> Result<(), ProviderError> {
        if self.offers(&change.name, change.kind) {
            return Ok(());
        }
        Err(not_ours(change))
    }

    /// Refuses what may not be detached: a custom policy may be what denies something, and the one of a disable is.
    pub(super) fn may_detach(&self, change: &PolicyChange) -> Result<(), ProviderError> {
        if change.kind == PolicyKind::System || self.offers(&change.name, change.kind) {
            return Ok(());
        }
        Err(not_ours(change))
    }
}

fn not_ours(change: &PolicyChange) -> ProviderError {
    let name: String = change.name.chars().take(64).collect();
    let words = if name == DENY_ALL {
        format!("the policy {DENY_ALL} belongs to a disable: disable or restore the sub-account instead")
    } else {
        format!(
            "the policy {name:?} is not among those that may be changed from here; the account's \"policies\" names them"
        )
    };
    error(ProviderErrorKind::Conflict, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(policies: &[&str]) -> VolcengineConfig {
        let mut config = VolcengineConfig::new("volc".parse().unwrap());
        config.policies = policies.iter().map(|name| (*name).to_owned()).collect();
        config
    }

    #[test]
    fn without_a_list_the_vendors_policies_are_offered_but_not_those_that_make_administrators() {
        let config = config(&[]);
        assert!(config.offers("ArkFullAccess", PolicyKind::System));
        assert!(config.offers("TOSReadOnlyAccess", PolicyKind::System));
        for name in [
            "AdministratorAccess",
            "IAMFullAccess",
            "STSAssumeRoleAccess",
            "BillingCenterFullAccess",
            "iamReadOnly",
        ] {
            assert!(!config.offers(name, PolicyKind::System), "{name}");
        }
        assert!(
            !config.offers("ArkFullAccess", PolicyKind::Custom),
            "nobody knows what a custom policy says"
        );
    }

    #[test]
    fn a_list_is_the_whole_of_it() {
        let config = config(&["team-models", "AdministratorAccess", DENY_ALL]);
        assert!(config.offers("team-models", PolicyKind::Custom));
        assert!(
            config.offers("AdministratorAccess", PolicyKind::System),
            "its owner named it"
        );
        assert!(!config.offers("ArkFullAccess", PolicyKind::System));
        assert!(!config.offers(DENY_ALL, PolicyKind::Custom));
    }

    #[test]
    fn the_policy_of_a_disable_is_not_detached_by_hand() {
        let config = config(&[]);
        let change = |name: &str, kind| PolicyChange {
            name: name.to_owned(),
            kind,
            project: None,
        };
        config
            .may_detach(&change("AdministratorAccess", PolicyKind::System))
            .unwrap();
        config
            .may_detach(&change(DENY_ALL, PolicyKind::Custom))
            .unwrap_err();
        config
            .may_detach(&change("no-night-work", PolicyKind::Custom))
            .unwrap_err();
    }
}
