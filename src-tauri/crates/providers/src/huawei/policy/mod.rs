//! The least that a key needs, as texts to paste into the provider's console. Kept as data beside this file; where each
//! right comes from stands in `docs/providers/huawei.md`. That these rights suffice, and that none of them can be left
//! out unnoticed, is tested against the simulated cloud, which checks every call's right (`api/tests/trial.rs`).

pub use crate::policy::Policy;

/// All of them: `watch_regional`, `watch_global`, `act` of the classic system; `watch_identity`, `act_identity` of the newer
/// one. The classic system has two scopes, so watching needs two policies there.
pub const POLICIES: [Policy; 5] = [
    Policy {
        id: "watch_regional",
        text: include_str!("watch-regional.json"),
    },
    Policy {
        id: "watch_global",
        text: include_str!("watch-global.json"),
    },
    Policy {
        id: "act",
        text: include_str!("act.json"),
    },
    Policy {
        id: "watch_identity",
        text: include_str!("watch-identity.json"),
    },
    Policy {
        id: "act_identity",
        text: include_str!("act-identity.json"),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn actions(id: &str) -> BTreeSet<String> {
        let policy = POLICIES.iter().find(|policy| policy.id == id).expect("a policy");
        let text: Value = serde_json::from_str(policy.text).expect("JSON");
        let statements = text["Statement"].as_array().expect("statements");
        assert!(statements.iter().all(|statement| statement["Effect"] == "Allow"));
        let named = statements
            .iter()
            .filter_map(|statement| statement["Action"].as_array());
        named
            .flatten()
            .map(|action| action.as_str().expect("text").to_owned())
            .collect()
    }

    /// Each API that this folder calls, by its path as the source has it, and the rights that guard it: classic, newer.
    /// The job query and IAM's list of projects need none.
    const USED: [(&str, &str, &str, &str); 7] = [
        (
            "servers.rs",
            "/cloudservers/detail",
            "ecs:cloudServers:list",
            "ecs:cloudServers:listServersDetails",
        ),
        (
            "monitor.rs",
            "/batch-query-metric-data",
            "ces:metricData:list",
            "ces:metricData:list",
        ),
        (
            "addresses.rs",
            "/eip/publicips",
            "vpc:publicIps:list",
            "eip:publicIps:list",
        ),
        (
            "instances.rs",
            "/all-resources",
            "rms:resources:list",
            "rms:resources:list",
        ),
        (
            "packages.rs",
            "/payments/free-resources/query",
            "bss:order:view",
            "billing:resourcePackages:view",
        ),
        (
            "usages.rs",
            "/free-resources/usages/details/query",
            "bss:order:view",
            "billing:resourcePackages:view",
        ),
        (
            "servers.rs",
            "/cloudservers/action",
            "ecs:cloudServers:stop",
            "ecs:cloudServers:stop",
        ),
    ];

    fn source(file: &str) -> String {
        let path = format!("{}/src/huawei/{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).expect("a source file")
    }

    #[test]
    fn every_api_that_is_called_has_its_right_in_a_policy() {
        let mut classic = actions("watch_regional");
        classic.extend(actions("watch_global"));
        classic.extend(actions("act"));
        let mut newer = actions("watch_identity");
        newer.extend(actions("act_identity"));
        for (file, path, right, identity_right) in USED {
            assert!(source(file).contains(path), "{file} no longer asks {path}");
            assert!(classic.contains(right), "{right}");
            assert!(newer.contains(identity_right), "{identity_right}");
        }
    }

    #[test]
    fn no_api_is_called_that_this_test_does_not_know() {
        let calls = |text: &str| text.matches("Call::get(").count() + text.matches("Call::post(").count();
        let mut called = 0;
        for entry in
            std::fs::read_dir(format!("{}/src/huawei", env!("CARGO_MANIFEST_DIR"))).expect("a folder")
        {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|end| end == "rs") {
                called += calls(&std::fs::read_to_string(path).expect("a source file"));
            }
        }
        // The seven above; projects and jobs, which need no right; and the account check and the rights' own questions,
        // which ask again what is listed above.
        assert_eq!(called, 7 + 2 + 1 + 2);
    }

    #[test]
    fn a_policy_that_watches_changes_nothing() {
        let reads = |action: &String| {
            ["list", "get", "view", "listServersDetails", "showServer"]
                .iter()
                .any(|verb| action.ends_with(&format!(":{verb}")))
        };
        for id in ["watch_regional", "watch_global", "watch_identity"] {
            assert!(actions(id).iter().all(reads), "{id}");
        }
    }
}
