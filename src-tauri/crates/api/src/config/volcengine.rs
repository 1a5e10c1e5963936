//! `[[account]]` of Volcengine: sub-accounts under quotas. Beside it stands `volc-balance`, which is told by a spec and
//! reads the balance alone.

use std::time::Duration;

use tidegate_providers::volcengine::BillBasis;

use super::fault::Allowed;
use super::items::Coded;
use super::table::Reader;
use crate::limits;

/// The bill runs a day behind use, and a look reads all of its pages: more often shows nothing new.
pub(super) const CODED: Coded = Coded {
    provider: "volcengine",
    sites: &[],
    mapped: false,
    intervals: (Duration::from_secs(3600), Duration::from_secs(15 * 60)),
    params,
};

/// `bill_basis`: which amount of a bill's row counts as spent. `policies`: those that may be attached from here, by name,
/// separated by commas.
fn params(table: &Reader<'_, '_>) {
    table.only(&["bill_basis", "policies"]);
    let words = BillBasis::ALL.map(|basis| basis.name().to_owned()).to_vec();
    let _basis: Option<BillBasis> =
        table.parsed("bill_basis", Allowed::OneOf { words }, |text| text.parse().ok());
    let allowed = Allowed::Described {
        zh: "策略名称，以逗号分隔，每个 1 到 64 个字符".to_owned(),
        en: "names of policies separated by commas, each of 1 to 64 characters".to_owned(),
    };
    table.parsed("policies", allowed, |text| {
        text.split(',').all(is_policy).then_some(())
    });
}

fn is_policy(name: &str) -> bool {
    let count = name.trim().chars().count();
    (1..=limits::POLICY_CHARS).contains(&count)
}
