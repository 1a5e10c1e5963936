//! `agents` as a person and a script meet it.

use crate::kit::Home;

#[test]
fn inviting_prints_the_line_for_the_other_machine_and_the_code_stands_nowhere_else() {
    let home = Home::empty();
    assert_eq!(home.run(&["agents"]).out, "None.\n");
    let invited = home.run(&["agents", "invite", "nas", "--name", "家里的 NAS"]);
    assert_eq!(invited.code, 0, "{invited:?}");
    let line = invited.out.trim_end();
    let code = line
        .strip_prefix("tidegated agent --report-to https://THIS-MACHINE --code ")
        .unwrap_or_else(|| panic!("{invited:?}"));
    assert_eq!(code.len(), 19, "four groups of four");
    assert!(
        invited.err.contains("once") && invited.err.contains("No HTTP door"),
        "{invited:?}"
    );
    let listed = home.run(&["agents", "list", "--lang", "zh-CN"]);
    assert!(
        listed.out.contains("nas（家里的 NAS）：邀请等待登记"),
        "{listed:?}"
    );
    let json = home.run(&["agents", "--json"]).json();
    assert_eq!(
        (&json["invites"][0]["device"], &json["door"]),
        (&"nas".into(), &serde_json::Value::Null)
    );
    let audit = home.run(&["audit", "list", "--json"]);
    assert!(audit.out.contains("device.invited"), "{audit:?}");
    for told in [&listed.out, &json.to_string(), &audit.out] {
        assert!(!told.contains(code), "{told}");
    }
    let again = home.run(&["agents", "invite", "nas", "--json"]).json();
    assert_ne!(again["code"], code, "each invitation has a code of its own");
}

#[test]
fn a_device_that_is_not_there_is_told_with_where_to_look_and_an_invitation_can_be_taken_back() {
    let home = Home::empty();
    let missing = home.run(&["agents", "end", "nas"]);
    assert_eq!(missing.code, 1, "{missing:?}");
    assert!(
        missing.err.contains("there is no device nas") && missing.err.contains("agents"),
        "{missing:?}"
    );
    let wrong = home.run(&["agents", "invite", "No Slug"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert_eq!(home.run(&["agents", "invite", "nas"]).code, 0);
    assert_eq!(home.run(&["agents", "end", "nas"]).code, 0);
    assert_eq!(
        home.run(&["agents", "--json"]).json()["invites"],
        serde_json::json!([])
    );
}
