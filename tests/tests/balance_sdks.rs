//! The official SDKs of Tencent Cloud, Alibaba Cloud, Volcengine, Huawei Cloud and AWS read balances from
//! `tidegated sim`: each agrees with what was set, and is refused with a secret that does not belong to its key.

use anyhow::ensure;
use tidegate_tests::stage::{Cloud, judged};

#[test]
fn each_official_sdk_reads_the_balance_that_was_set_and_is_refused_with_another_secret() -> anyhow::Result<()>
{
    let folder = tempfile::tempdir()?;
    let cloud = Cloud::start()?;
    let passed = judged("balances.py", &cloud, folder.path())?;
    ensure!(
        passed == 8 * 7,
        "{passed} checks ran: five amounts and two wrong keys for each of eight questions were expected"
    );
    Ok(())
}
