//! Real proxy kernels: known bytes go through mihomo and sing-box, and what the product counted is compared with what the
//! origin saw.

use tidegate_tests::proxy::{Core, Plan, Workload, measure, missing};

type Done = anyhow::Result<()>;

/// Long enough for some hundred short connections.
const SECONDS: u64 = 16;

#[expect(clippy::print_stdout, reason = "a skipped test names what is missing")]
fn is_counted(core: Core, workload: Workload) -> Done {
    if let Some(package) = missing(core) {
        println!("skipped: needs the package {package}, which tests/proxy/setup.sh installs");
        return Ok(());
    }
    let plan = Plan {
        core,
        workload,
        seconds: SECONDS,
        logs: true,
        seed: 7,
    };
    measure(plan)?.held_to_its_bars()
}

#[test]
fn long_connections_through_mihomo_are_counted_on_their_nodes() -> Done {
    is_counted(Core::Mihomo, Workload::Steady)
}

#[test]
fn short_connections_through_mihomo_are_counted_though_no_snapshot_shows_them() -> Done {
    is_counted(Core::Mihomo, Workload::Bursts)
}

#[test]
fn a_mixed_load_through_mihomo_is_counted_on_its_nodes() -> Done {
    is_counted(Core::Mihomo, Workload::Mixed)
}

#[test]
fn a_mihomo_that_crashes_and_comes_back_is_counted_on() -> Done {
    is_counted(Core::Mihomo, Workload::Restart)
}

#[test]
fn a_mihomo_that_restarts_in_place_is_counted_on() -> Done {
    is_counted(Core::Mihomo, Workload::InPlace)
}

#[test]
fn a_mihomo_that_reads_its_configuration_anew_is_counted_on() -> Done {
    is_counted(Core::Mihomo, Workload::Reload)
}

#[test]
fn datagrams_refusals_hops_and_a_switched_group_of_mihomo_are_counted_where_they_belong() -> Done {
    is_counted(Core::Mihomo, Workload::Edge)
}

#[test]
fn long_connections_through_sing_box_are_counted_on_their_nodes() -> Done {
    is_counted(Core::SingBox, Workload::Steady)
}

#[test]
fn short_connections_through_sing_box_are_counted_though_no_snapshot_shows_them() -> Done {
    is_counted(Core::SingBox, Workload::Bursts)
}

#[test]
fn a_mixed_load_through_sing_box_is_counted_on_its_nodes() -> Done {
    is_counted(Core::SingBox, Workload::Mixed)
}

#[test]
fn a_sing_box_that_crashes_and_comes_back_is_counted_on() -> Done {
    is_counted(Core::SingBox, Workload::Restart)
}

#[test]
fn a_sing_box_that_reads_its_configuration_anew_begins_anew_and_is_counted_on() -> Done {
    is_counted(Core::SingBox, Workload::Reload)
}
