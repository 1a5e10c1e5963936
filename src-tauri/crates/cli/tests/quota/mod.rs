//! `quota` as a person and a script meet it, over the simulated main account with its three teams.

use serde_json::{Value, json};

use crate::kit::{Answer, Cloud, Home};

/// A home whose account was read once; `bob` is charged for `team-a` from the month's beginning.
fn begun(cloud: &Cloud) -> Home {
    let home = Home::empty()
        .with("VOLC_AK", &cloud.text("/volcengine/0/ak"))
        .with("VOLC_SK", &cloud.text("/volcengine/0/sk"));
    let account = |id: &str| {
        let base = cloud.text("/listening");
        format!(
            "[[account]]\nid = \"{id}\"\nprovider = \"volcengine\"\nendpoint = \"{base}\"\nsecret = {{ ak = \"env:VOLC_AK\", sk = \"env:VOLC_SK\" }}\n"
        )
    };
    home.apply(&account("volc"));
    done(&home.run(&["quota", "sync"]));
    done(&home.run(&["quota", "link", "bob", "team-a", "--from", "month"]));
    home
}

fn done(answer: &Answer) {
    assert_eq!(answer.code, 0, "{answer:?}");
}

fn user(home: &Home, name: &str) -> Value {
    let list = home.run(&["quota", "list", "--json"]).json();
    let users = list["users"].as_array().unwrap().clone();
    users.into_iter().find(|user| user["name"] == name).unwrap()
}

/// What a command prints once it prints a word: the cloud shows what was done only a moment later.
fn until(home: &Home, args: &[&str], word: &str) -> String {
    let mut told = String::new();
    for _ in 0..500 {
        told = home.run(args).out;
        if told.contains(word) {
            return told;
        }
    }
    panic!("{word} never came: {told}");
}

#[test]
fn a_quota_is_granted_taken_back_and_its_ledger_written_out() {
    let cloud = Cloud::scenario("quota");
    let home = begun(&cloud);
    let granted = home.run(&["quota", "allocate", "bob", "100000 CNY", "--note", "=spring"]);
    done(&granted);
    assert!(
        granted
            .out
            .starts_with("bob +¥ 100000.00 · total after it ¥ 100000.00\n"),
        "{granted:?}"
    );
    done(&home.run(&["quota", "allocate", "bob", "-12.50 CNY"]));
    let refused = home.run(&["quota", "allocate", "bob", "-200000 CNY", "--json"]);
    assert_eq!(
        (refused.code, &refused.json()["error"]["code"]),
        (3, &json!("refused"))
    );
    let wrong = home.run(&["quota", "allocate", "bob", "ten"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(
        wrong.err.contains("amount: allowed is") && wrong.err.contains("-12.50 CNY"),
        "{wrong:?}"
    );
    let history = home.run(&["quota", "history", "bob", "--limit", "1"]);
    assert!(
        history.out.contains("-¥ 12.50") || history.out.contains("¥ -12.50"),
        "{history:?}"
    );
    assert!(history.out.contains("There are older ones"), "{history:?}");
    let csv = home.run(&["quota", "history", "bob", "--csv"]).out;
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(lines[0], "entry,at,amount,total,currency,note,by");
    assert!(lines[1].ends_with(",100000,100000,CNY,'=spring,cli"), "{csv}");
    assert!(lines[2].contains(",-12.5,99987.5,CNY,,"), "{csv}");
    assert_eq!(
        user(&home, "bob")["granted"],
        json!({ "value": "99987.5", "unit": "CNY" })
    );
}

#[test]
fn lists_say_the_same_in_both_languages_and_what_is_unknown_is_no_zero() {
    let cloud = Cloud::scenario("quota");
    let home = begun(&cloud);
    let english = home.run(&["quota"]);
    assert!(
        english
            .out
            .contains("robot: No project linked, spending unknown; link one."),
        "{english:?}"
    );
    assert!(english.out.contains("charged to nobody: ¥ "), "{english:?}");
    let chinese = home.run(&["quota", "list", "--lang", "zh-CN"]);
    assert!(
        chinese
            .out
            .contains("robot: 没有关联项目，花费未知；请关联一个。"),
        "{chinese:?}"
    );
    assert!(user(&home, "robot")["spent"].is_null());
    let projects = home.run(&["quota", "projects", "--json"]).json();
    let team = projects["projects"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "team-a")
        .unwrap();
    assert_eq!((&team["users"], &team["free"]), (&json!(["bob"]), &json!("0%")));
    let policies = home.run(&["quota", "policies"]);
    assert!(
        policies.out.contains("ArkFullAccess") && !policies.out.contains("AdministratorAccess"),
        "{policies:?}"
    );
    let bill = home.run(&["quota", "bill"]);
    assert!(
        bill.out.contains("(nobody)") && bill.out.contains("team-a"),
        "{bill:?}"
    );
    assert_eq!(home.run(&["quota", "bill", "--month", "2026-13"]).code, 2);
    assert_eq!(home.run(&["quota", "show", "nobody"]).code, 1);
}

#[test]
fn rules_change_what_is_named_and_leave_the_rest() {
    let cloud = Cloud::scenario("quota");
    let home = begun(&cloud);
    done(&home.run(&[
        "quota",
        "rules",
        "bob",
        "--steps",
        "80,50,99.5",
        "--note",
        "team lead",
    ]));
    let told = home
        .run(&["quota", "rules", "bob", "--disable", "off", "--json"])
        .json();
    assert_eq!(told["steps"], json!(["50%", "80%", "99.5%"]));
    assert_eq!(
        (&told["disable"], &told["note"]),
        (&json!(false), &json!("team lead"))
    );
    let told = home
        .run(&[
            "quota",
            "rules",
            "bob",
            "--steps",
            "default",
            "--without-quota",
            "block",
            "--json",
        ])
        .json();
    assert_eq!(
        (&told["steps"], &told["without_quota"]),
        (&Value::Null, &json!("block"))
    );
    let wrong = home.run(&["quota", "rules", "bob", "--steps", "50,fifty"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(wrong.err.contains("steps: allowed is"), "{wrong:?}");
}

#[test]
fn projects_are_shared_switched_off_and_unlinked_by_name() {
    let cloud = Cloud::scenario("quota");
    let home = begun(&cloud);
    done(&home.run(&["quota", "link", "bob", "shared", "--share", "40%"]));
    let taken = home.run(&["quota", "link", "eve", "shared", "--share", "61%"]);
    assert_eq!(taken.code, 3, "{taken:?}");
    assert!(taken.err.contains("bob"), "{taken:?}");
    done(&home.run(&["quota", "toggle", "bob", "shared", "off"]));
    assert_eq!(user(&home, "bob")["projects_on"], 1);
    done(&home.run(&["quota", "toggle", "bob", "--all", "off"]));
    assert_eq!(user(&home, "bob")["projects_on"], 0);
    assert_eq!(
        home.run(&["quota", "toggle", "bob", "on"]).code,
        2,
        "neither a project nor --all"
    );
    done(&home.run(&["quota", "unlink", "bob", "shared"]));
    assert_eq!(home.run(&["quota", "unlink", "bob", "nowhere"]).code, 1);
}

#[test]
fn a_new_key_is_on_stdout_once_with_a_word_that_it_is_not_stored() {
    let cloud = Cloud::scenario("quota");
    let home = begun(&cloud);
    let made = home.run(&[
        "quota",
        "create",
        "dave",
        "--policy",
        "ArkFullAccess",
        "--project",
        "team-b",
        "--key",
    ]);
    done(&made);
    let secret = made
        .out
        .lines()
        .find_map(|line| line.strip_prefix("secret access key: "))
        .unwrap();
    assert!(
        made.err.contains("stored nowhere") && !made.err.contains(secret),
        "{made:?}"
    );
    let shown = until(&home, &["quota", "show", "dave"], "ArkFullAccess");
    assert!(!shown.contains(secret), "{shown}");
    let key = home.run(&["quota", "key", "dave", "--json"]).json();
    assert!(key["secret"].is_string());
    done(&home.run(&["quota", "detach", "dave", "ArkFullAccess"]));
    let mighty = home.run(&["quota", "attach", "dave", "AdministratorAccess"]);
    assert_eq!(mighty.code, 3, "{mighty:?}");
    assert_eq!(home.run(&["quota", "create", "two words"]).code, 2);
}

#[test]
fn a_disable_wants_the_name_once_more_and_a_restore_undoes_it() {
    let cloud = Cloud::scenario("quota");
    let home = begun(&cloud);
    let unsure = home.run(&["quota", "disable", "bob"]);
    assert_eq!(unsure.code, 2, "{unsure:?}");
    assert!(unsure.err.contains("--yes-name"), "{unsure:?}");
    assert_eq!(
        home.run(&["quota", "disable", "bob", "--yes-name", "eve"]).code,
        3
    );
    done(&home.run(&["quota", "disable", "bob", "--yes-name", "bob"]));
    let shown = home.run(&["quota", "show", "bob"]);
    assert!(
        shown.out.contains("tidegated quota restore bob") && shown.out.contains("Ark API keys"),
        "{shown:?}"
    );
    let list = home.run(&["targets"]);
    assert!(list.out.contains("disabled"), "{list:?}");
    done(&home.run(&["quota", "restore", "bob"]));
    assert_eq!(
        home.run(&["quota", "restore", "bob"]).code,
        3,
        "nothing is left to undo"
    );
}
