//! Every bench runs through, with little of everything and built for tests: what it measures here says nothing, but one
//! that cannot run any more is noticed before somebody wants its numbers.

use std::process::Command;

/// Runs one bench; its rows must come out.
fn runs_through(bench: &str) -> anyhow::Result<()> {
    let program = env!("CARGO_BIN_EXE_tidegate-bench");
    let output = Command::new(program).args(["--quick", bench]).output()?;
    let (table, said) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    anyhow::ensure!(output.status.success(), "{said}");
    let rows = table
        .lines()
        .filter(|line| line.ends_with(" yes |") || line.ends_with(" **no** |"));
    anyhow::ensure!(rows.count() > 0, "no row came out: {table}{said}");
    Ok(())
}

/// The long run in small: few accounts, and as many days as it takes to compare the last with the second. This one's
/// numbers count: a descriptor or a task that is lost with a look shows within a day.
#[test]
fn a_guard_holds_no_more_after_three_days_of_a_failing_cloud_than_after_two() -> anyhow::Result<()> {
    let program = env!("CARGO_BIN_EXE_tidegate-bench");
    let output = Command::new(program)
        .args(["endurance", "4", "3", "5"])
        .output()?;
    let table = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{table}{said}");
    Ok(())
}

/// The benches, each by a test of its own; and that none is left out.
macro_rules! benches {
    ($($bench:ident)*) => {
        $(
            #[test]
            fn $bench() -> anyhow::Result<()> {
                runs_through(stringify!($bench))
            }
        )*

        #[test]
        fn no_bench_is_left_out() -> anyhow::Result<()> {
            let output = Command::new(env!("CARGO_BIN_EXE_tidegate-bench")).arg("--list").output()?;
            let known = String::from_utf8(output.stdout)?;
            let known: Vec<&str> = known.lines().collect();
            anyhow::ensure!(known == [$(stringify!($bench)),*], "the benches are {known:?}");
            Ok(())
        }
    };
}

benches! {
    script spec intent link chart series bytes replay quotas flows agent day simulator cycle balances door reload
    idle start daemon tray window memory quiet
}
