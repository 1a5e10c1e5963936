//! What an account of Volcengine is configured with. Owns the shapes; secrets come from the vault, already resolved.

use std::str::FromStr;

use tidegate_meter::{AccountId, TargetId};
use url::Url;

/// Which amount of a bill's row counts as spent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum BillBasis {
    /// 应付金额: what is to be paid after discounts and coupons; the vendor's own figure for reconciling.
    #[default]
    Payable,
    /// 折后价: after discounts, before coupons; counts also what a free quota or a coupon pays.
    Discounted,
    /// 原价: the list price; counts use that is not paid at all.
    Original,
}

/// A text that names no basis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown bill_basis {0:?}: use payable, discounted or original")]
pub struct BillBasisError(String);

impl BillBasis {
    /// Every basis.
    pub const ALL: [Self; 3] = [Self::Payable, Self::Discounted, Self::Original];

    /// The name in configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Payable => "payable",
            Self::Discounted => "discounted",
            Self::Original => "original",
        }
    }

    /// The field of a bill's row.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::Payable => "PayableAmount",
            Self::Discounted => "DiscountBillAmount",
            Self::Original => "OriginalBillAmount",
        }
    }
}

impl FromStr for BillBasis {
    type Err = BillBasisError;

    fn from_str(text: &str) -> Result<Self, BillBasisError> {
        Self::ALL
            .into_iter()
            .find(|basis| basis.name() == text)
            .ok_or_else(|| BillBasisError(text.chars().take(24).collect()))
    }
}

/// One account, without its secrets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VolcengineConfig {
    /// Whose sub-accounts these are.
    pub account: AccountId,
    /// Which amount of a bill's row counts.
    pub basis: BillBasis,
    /// Regions whose servers may be looked at; empty: `cn-beijing`.
    pub regions: Vec<String>,
    /// Users that are never disabled, by id or by name.
    pub protect: Vec<TargetId>,
    /// Policies that may be attached, by name, and no others; empty: the vendor's own, without those that give power over
    /// users, keys or money.
    pub policies: Vec<String>,
    /// One base address for every service, for simulators and gateways.
    pub endpoint: Option<Url>,
}

impl VolcengineConfig {
    /// The defaults for an account: what is payable, Beijing, nobody protected, the vendor's policies, no override.
    #[must_use]
    pub const fn new(account: AccountId) -> Self {
        Self {
            account,
            basis: BillBasis::Payable,
            regions: Vec::new(),
            protect: Vec::new(),
            policies: Vec::new(),
            endpoint: None,
        }
    }

    /// The regions to look at.
    pub(super) fn regions(&self) -> Vec<String> {
        if self.regions.is_empty() {
            return vec![super::hosts::HOME.to_owned()];
        }
        self.regions.clone()
    }

    /// Whether a user is on the protect list.
    pub(super) fn protects(&self, id: &TargetId, name: &str) -> bool {
        let named = |entry: &TargetId| entry == id || entry.as_str() == name;
        self.protect.iter().any(named)
    }
}
