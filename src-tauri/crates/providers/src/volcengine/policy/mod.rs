//! The least that a key needs, as texts to paste into the vendor's console, and the policy that a disable attaches. Kept as
//! data beside this file; what stands behind each right tells `docs/providers/volcengine.md`. The vendor publishes no list
//! of rights by API: a right is the service and the action, which is what its own policies use.

use serde_json::Value;

pub use crate::policy::Policy;

/// All of them. `watch`: bills, users, projects, policies; `act`: what closes and opens a user; `manage`: making users and
/// keys, policies by project; `watch_things` and `act_things`: endpoints and servers; `guard_self`: what the acting user may
/// not do to itself.
pub const POLICIES: [Policy; 6] = [
    Policy {
        id: "watch",
        text: include_str!("watch.json"),
    },
    Policy {
        id: "act",
        text: include_str!("act.json"),
    },
    Policy {
        id: "manage",
        text: include_str!("manage.json"),
    },
    Policy {
        id: "watch_things",
        text: include_str!("watch-things.json"),
    },
    Policy {
        id: "act_things",
        text: include_str!("act-things.json"),
    },
    Policy {
        id: "guard_self",
        text: include_str!("guard-self.json"),
    },
];

/// What is attached to a disabled user.
pub(super) const DENY_ALL: &str = include_str!("deny-all.json");

/// Whether a document says what ours says. The cloud writes documents anew, so texts are not compared.
pub(super) fn denies_all(document: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<Value>(text).ok();
    parse(document).is_some_and(|told| parse(DENY_ALL).as_ref() == Some(&told))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn statements(id: &str) -> Vec<Value> {
        let policy = POLICIES.iter().find(|policy| policy.id == id).expect("a policy");
        let text: Value = serde_json::from_str(policy.text).expect("JSON");
        text["Statement"].as_array().expect("statements").clone()
    }

    fn actions(id: &str) -> BTreeSet<String> {
        let named = statements(id);
        let named = named
            .iter()
            .filter_map(|statement| statement["Action"].as_array());
        named
            .flatten()
            .map(|action| action.as_str().expect("text").to_owned())
            .collect()
    }

    /// Every call of this folder, as `service:Action`, and whether it changes something.
    fn calls() -> BTreeSet<(String, bool)> {
        let folder = format!("{}/src/volcengine", env!("CARGO_MANIFEST_DIR"));
        let mut found = BTreeSet::new();
        let call = regex::Regex::new(r#"Call::(?:get|post)\(\s*(?:Service::)?(\w+)[^"]*?,\s*"(\w+)""#)
            .expect("an expression");
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|end| end != "rs") {
                continue;
            }
            let text = std::fs::read_to_string(path).expect("a source file");
            for call in call.captures_iter(&text) {
                let service = match &call[1] {
                    "Projects" => "iam".to_owned(),
                    // The only service whose calls are made in two steps.
                    "service" => "ecs".to_owned(),
                    other => other.to_lowercase(),
                };
                let reads = ["List", "Get", "Describe", "Query"]
                    .iter()
                    .any(|verb| call[2].starts_with(verb));
                found.insert((format!("{service}:{}", &call[2]), !reads));
            }
        }
        found
    }

    #[test]
    fn every_call_has_its_right_in_a_policy_and_no_right_is_without_a_call() {
        let mut given = BTreeSet::new();
        for id in ["watch", "act", "manage", "watch_things", "act_things"] {
            given.extend(actions(id));
        }
        let mut needed: BTreeSet<String> = calls().into_iter().map(|(call, _)| call).collect();
        // Whoever has a key may ask whose it is.
        assert!(needed.remove("sts:GetCallerIdentity"), "{needed:?}");
        assert_eq!(needed, given);
    }

    #[test]
    fn a_policy_that_watches_changes_nothing() {
        let changing: BTreeSet<String> = calls()
            .into_iter()
            .filter_map(|(call, changes)| changes.then_some(call))
            .collect();
        for id in ["watch", "watch_things"] {
            assert!(actions(id).is_disjoint(&changing), "{id}");
        }
        for id in ["act", "manage", "act_things"] {
            assert!(actions(id).is_subset(&changing), "{id}");
        }
    }

    #[test]
    fn the_page_shows_the_same_policies() {
        let path = format!(
            "{}/../../../docs/providers/volcengine.md",
            env!("CARGO_MANIFEST_DIR")
        );
        let page = std::fs::read_to_string(path).expect("a page");
        let shown: Vec<Value> = page
            .split("```json\n")
            .skip(1)
            .filter_map(|part| serde_json::from_str(part.split("```").next()?).ok())
            .collect();
        let ours = POLICIES.map(|policy| serde_json::from_str::<Value>(policy.text).expect("JSON"));
        assert_eq!(shown, ours);
    }

    #[test]
    fn the_acting_user_is_kept_from_raising_itself() {
        let own = statements("guard_self");
        assert!(own.iter().all(|statement| statement["Effect"] == "Deny"));
        for right in [
            "iam:AttachUserPolicy",
            "iam:AttachPolicyInProject",
            "iam:CreateAccessKey",
        ] {
            assert!(actions("guard_self").contains(right), "{right}");
        }
    }

    #[test]
    fn a_denying_policy_is_known_however_it_is_written() {
        let spaced = r#"{ "Statement": [ {"Resource": ["*"], "Action": ["*"], "Effect": "Deny"} ] }"#;
        assert!(denies_all(DENY_ALL));
        assert!(denies_all(spaced));
        for other in [
            r#"{"Statement":[{"Effect":"Allow","Action":["*"],"Resource":["*"]}]}"#,
            r#"{"Statement":[{"Effect":"Deny","Action":["ecs:*"],"Resource":["*"]}]}"#,
            r#"{"Statement":[]}"#,
            "",
        ] {
            assert!(!denies_all(other), "{other}");
        }
    }
}
