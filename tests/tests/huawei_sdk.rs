//! The official Huawei Cloud SDK drives `tidegated sim`, and its own models judge every answer, types included.

use anyhow::ensure;
use tidegate_tests::root;
use tidegate_tests::stage::{Cloud, judged};

#[test]
fn the_official_sdk_finds_every_answer_of_the_simulator_right() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let world = std::fs::read_to_string(root().join("tests/sdk/world.toml"))?;
    let cloud = Cloud::scenario(folder.path(), &world)?;
    let passed = judged("judge.py", &cloud, folder.path())?;
    ensure!(
        passed > 300,
        "only {passed} checks ran: the judge left something out"
    );
    Ok(())
}
