//! The laws of dependency hold in this house, and each law is seen to fail on a broken one.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers build small models; a broken one ends the test"
)]

use tidegate_tests::architecture::{House, Package, breaches, window};
use tidegate_tests::{TextFile, root, told};

/// A house of the given manifests, each with one documented source.
fn house(packages: &[(&str, &str)]) -> House {
    let packages = packages
        .iter()
        .map(|(folder, dependencies)| {
            let short = folder.rsplit('/').next().unwrap();
            let manifest =
                format!("[package]\nname = \"tidegate-{short}\"\n[lints]\nworkspace = true\n{dependencies}");
            let mut package = Package::parse(folder, &manifest).unwrap();
            package.sources = vec![TextFile::new(
                &format!("{folder}/src/lib.rs"),
                "//! Documented.\n",
            )];
            package
        })
        .collect();
    House { packages }
}

/// One meter crate with the given source.
fn meter_with(source: &str) -> House {
    let mut house = house(&[("crates/meter", "")]);
    for package in &mut house.packages {
        package.sources = vec![TextFile::new("crates/meter/src/lib.rs", source)];
    }
    house
}

fn rules(house: &House) -> Vec<&'static str> {
    breaches(house).iter().map(|breach| breach.rule).collect()
}

#[test]
fn this_house_keeps_its_laws() {
    let house = House::read(&root()).unwrap();
    assert!(
        house.packages.len() >= 14,
        "only {} packages were found",
        house.packages.len()
    );
    let sources: usize = house.packages.iter().map(|package| package.sources.len()).sum();
    assert!(
        sources >= house.packages.len(),
        "only {sources} sources were found"
    );
    let found = breaches(&house);
    assert!(found.is_empty(), "\n{}", told(&found));
}

#[test]
fn a_sound_house_has_no_breach() {
    let house = house(&[
        ("crates/meter", ""),
        ("crates/guard", "[dependencies]\ntidegate-meter.workspace = true"),
    ]);
    assert_eq!(breaches(&house), []);
}

#[test]
fn providers_may_not_know_the_store() {
    let house = house(&[(
        "crates/providers",
        "[dependencies]\ntidegate-store.workspace = true",
    )]);
    let found = breaches(&house);
    assert_eq!(rules(&house), ["edge"], "{}", told(&found));
    assert!(told(&found).contains("depends on tidegate-store; it may know meter, guard, egress"));
}

#[test]
fn a_renamed_dependency_is_still_seen() {
    let house = house(&[(
        "crates/channels",
        "[dependencies]\nbooks = { package = \"tidegate-store\", path = \"../store\" }",
    )]);
    assert_eq!(rules(&house), ["edge"]);
}

#[test]
fn a_dependency_for_one_platform_is_still_seen() {
    let house = house(&[(
        "crates/vault",
        "[target.'cfg(windows)'.dependencies]\ntidegate-store.workspace = true",
    )]);
    assert_eq!(rules(&house), ["edge"]);
}

#[test]
fn cli_sees_only_api_server_and_sim() {
    let house = house(&[("crates/cli", "[dependencies]\ntidegate-engine.workspace = true")]);
    assert_eq!(rules(&house), ["edge"]);
}

#[test]
fn tests_of_a_crate_may_use_the_simulator_but_its_product_may_not() {
    let in_tests = house(&[(
        "crates/engine",
        "[dev-dependencies]\ntidegate-sim.workspace = true",
    )]);
    let in_product = house(&[("crates/engine", "[dependencies]\ntidegate-sim.workspace = true")]);
    assert_eq!(breaches(&in_tests), []);
    assert_eq!(rules(&in_product), ["edge"]);
}

#[test]
fn only_tests_may_stand_on_the_disk_that_fails() {
    let in_tests = house(&[(
        "crates/store",
        "[dev-dependencies]\ntidegate-disk.workspace = true",
    )]);
    assert_eq!(breaches(&in_tests), []);
    for folder in ["crates/store", "crates/engine", "crates/lab", "crates/cli"] {
        let in_product = house(&[(folder, "[dependencies]\ntidegate-disk.workspace = true")]);
        assert_eq!(rules(&in_product), ["edge"], "{folder}");
    }
}

#[test]
fn a_crate_may_ask_for_a_feature_of_itself_in_its_tests_alone() {
    let itself = "tidegate-engine = { path = \".\", features = [\"points\"] }";
    let in_tests = house(&[("crates/engine", &format!("[dev-dependencies]\n{itself}"))]);
    let in_product = house(&[("crates/engine", &format!("[dependencies]\n{itself}"))]);
    assert_eq!(breaches(&in_tests), []);
    assert!(rules(&in_product).contains(&"edge"));
}

#[test]
fn a_new_crate_needs_a_row_in_the_table() {
    let house = house(&[("crates/gossip", "")]);
    assert_eq!(rules(&house), ["edge"]);
}

#[test]
fn nothing_below_the_shell_knows_tauri() {
    let house = house(&[
        ("crates/api", "[dependencies]\ntauri = \"2\""),
        ("crates/server", "[build-dependencies]\ntauri-build = \"2\""),
    ]);
    assert_eq!(rules(&house), ["edge", "edge"]);
}

#[test]
fn a_cycle_is_named_at_each_of_its_crates() {
    let house = house(&[
        ("crates/meter", "[dependencies]\ntidegate-guard.workspace = true"),
        ("crates/guard", "[dependencies]\ntidegate-meter.workspace = true"),
    ]);
    let cycles = rules(&house).into_iter().filter(|rule| *rule == "cycle").count();
    assert_eq!(cycles, 2);
}

#[test]
fn a_package_bears_the_name_of_its_folder() {
    let package = Package::parse(
        "crates/meter",
        "[package]\nname = \"tidegate-guard\"\n[lints]\nworkspace = true",
    );
    let house = House {
        packages: vec![package.unwrap()],
    };
    assert_eq!(rules(&house), ["name"]);
}

#[test]
fn the_pure_crates_take_no_runtime() {
    for runtime in ["tokio", "reqwest", "rusqlite", "async-trait", "futures-util"] {
        let house = house(&[(
            "crates/guard",
            &format!("[dependencies]\n{runtime}.workspace = true"),
        )]);
        assert_eq!(rules(&house), ["purity"], "{runtime}");
    }
}

#[test]
fn the_pure_crates_do_no_io_and_read_no_clock() {
    for line in [
        "use std::fs;",
        "async fn wait() {}",
        "let at = SystemTime::now();",
        "std::net::lookup()",
    ] {
        let house = meter_with(&format!("//! Documented.\n{line}\n"));
        assert_eq!(rules(&house), ["purity"], "{line}");
    }
}

#[test]
fn comments_and_test_modules_of_the_pure_crates_may_name_what_they_avoid() {
    let house =
        meter_with("//! No std::fs here.\n// nor SystemTime\n#[cfg(test)]\nmod tests { use std::fs; }\n");
    assert_eq!(breaches(&house), []);
}

#[test]
fn only_the_edges_read_the_environment() {
    let mut store = house(&[("crates/store", ""), ("crates/cli", "")]);
    for package in &mut store.packages {
        let path = format!("{}/src/lib.rs", package.folder);
        package.sources = vec![TextFile::new(
            &path,
            "//! Documented.\nlet home = std::env::var(\"HOME\");\n",
        )];
    }
    let found = breaches(&store);
    assert_eq!(rules(&store), ["edges only"]);
    assert!(told(&found).contains("crates/store/src/lib.rs:2"));
}

#[test]
fn every_package_takes_the_lints_of_the_workspace() {
    let package = Package::parse("crates/meter", "[package]\nname = \"tidegate-meter\"");
    let house = House {
        packages: vec![package.unwrap()],
    };
    assert_eq!(rules(&house), ["lints"]);
}

#[test]
fn every_file_says_what_it_is() {
    assert_eq!(rules(&meter_with("use std::fmt;\n")), ["module docs"]);
}

#[test]
fn a_file_of_more_than_six_hundred_lines_is_two_ideas() {
    let long = format!("//! Documented.\n{}", "// one more\n".repeat(600));
    assert_eq!(rules(&meter_with(&long)), ["length"]);
}

#[test]
fn a_manifest_that_cannot_be_read_is_an_error_not_a_pass() {
    let files = [TextFile::new("crates/meter/Cargo.toml", "[package\n")];
    let Err(error) = House::from_files(&files) else {
        panic!("a broken manifest was taken");
    };
    assert!(error.to_string().contains("crates/meter/Cargo.toml"));
}

/// A file of the project.
fn own(path: &str) -> TextFile {
    TextFile::new(path, &std::fs::read_to_string(root().join(path)).unwrap())
}

#[test]
fn s26_the_window_only_asks_what_is_listed() {
    let folder = "src-tauri/capabilities";
    let files = std::fs::read_dir(root().join(folder)).unwrap();
    let names: Vec<String> = files
        .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        names,
        ["main.json"],
        "each capability of a webview is checked here"
    );
    let mut found = window::capabilities(&own("src-tauri/capabilities/main.json"));
    found.extend(window::commands(&own("src-tauri/src/window/mod.rs")));
    let house = House::read(&root()).unwrap();
    let api = house
        .packages
        .iter()
        .find(|package| package.name == "tidegate-api")
        .unwrap();
    let requests: Vec<&TextFile> = api
        .sources
        .iter()
        .filter(|file| file.path.contains("/src/request"))
        .collect();
    assert!(
        requests.len() > 3,
        "only {} files of requests were found",
        requests.len()
    );
    found.extend(requests.into_iter().flat_map(window::requests));
    assert!(found.is_empty(), "\n{}", told(&found));
}

#[test]
fn a_webview_that_may_more_a_longer_list_and_a_request_with_a_place_are_named() {
    let more = r#"{"permissions": ["core:event:allow-listen", "shell:allow-execute"]}"#;
    let objects = r#"{"permissions": [{"identifier": "http:default"}]}"#;
    for broken in [more, objects, "{}", "no JSON"] {
        let found = window::capabilities(&TextFile::new("main.json", broken));
        assert_eq!(found.len(), 1, "{broken}");
    }
    let ours = own("src-tauri/src/window/mod.rs").text;
    let longer = ours.replace(
        "commands::ask,",
        "commands::ask,\n            commands::run_shell,",
    );
    let twice = format!("{ours}\n.invoke_handler(tauri::generate_handler![commands::ask])");
    for broken in [longer.as_str(), twice.as_str(), "fn none() {}"] {
        let found = window::commands(&TextFile::new("mod.rs", broken));
        assert_eq!(found.len(), 1, "{}", told(&found));
    }
    let request = "pub enum Request {\n    Open {\n        url: String,\n        save_path: String,\n        kind: Kind,\n    },\n}\n";
    let found = window::requests(&TextFile::new("request.rs", request));
    assert_eq!(found.len(), 2, "{}", told(&found));
}

#[test]
fn s25_drafts_reach_neither_wire_nor_outbox() {
    let drafts = "src-tauri/crates/engine/src/command/replay.rs";
    let sound = own(drafts).text;
    for (line, rules_broken) in [
        ("", 0),
        ("inner.commit(batch, events).await?;", 1),
        ("let post = outbox::post(inner);", 2),
    ] {
        let mut house = house(&[("src-tauri/crates/engine", "")]);
        for package in &mut house.packages {
            let text = sound.replacen("{\n", &format!("{{\n    {line}\n"), 1);
            package.sources = vec![TextFile::new(drafts, &text)];
        }
        let found = breaches(&house);
        assert_eq!(found.len(), rules_broken, "{line}: {}", told(&found));
    }
}
