//! The official Volcengine SDKs, the newer and the older one, drive `tidegated sim` through every action that Tidegate
//! uses, and the newer one's models judge every answer, types included.

use anyhow::ensure;
use tidegate_tests::root;
use tidegate_tests::stage::{Cloud, judged};

#[test]
fn the_official_sdks_find_every_answer_of_the_simulated_main_account_right() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let world = std::fs::read_to_string(root().join("tests/sdk/volc.toml"))?;
    let cloud = Cloud::scenario(folder.path(), &world)?;
    let passed = judged("volc.py", &cloud, folder.path())?;
    ensure!(
        passed > 290,
        "only {passed} checks ran: the judge left something out"
    );
    Ok(())
}
