//! Trends, statistics and exports as people and scripts meet them.

use crate::kit::{Cloud, Home};

/// A home with a reading, and the id of its meter.
fn read_once(home: &Home, cloud: &Cloud) -> String {
    let config = home.write("t.toml", &cloud.config("10 GB"));
    let mut guard = home.guard(&["--config", &config]);
    let meter = guard.wait_for("reading")["meter"].as_str().unwrap().to_owned();
    assert_eq!(guard.end().0, 0);
    meter
}

#[test]
fn a_trend_and_statistics_are_told_for_people_and_for_programs() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let meter = read_once(&home, &cloud);
    let trend = home
        .run(&["trend", "hw-main", &meter, "--days", "7", "--json"])
        .json();
    assert_eq!(trend["unit"], "bytes");
    assert!(trend["figures"]["readings"].as_u64().unwrap() >= 1, "{trend}");
    assert!(trend["figures"]["average"]["value"].is_string());
    let told = home.run(&["trend", "hw-main", &meter]);
    assert!(
        told.out.contains("average over time") && told.out.contains("70%"),
        "{}",
        told.out
    );
    let stats = home.run(&["stats", "--days", "1", "--json"]).json();
    assert!(stats["checks"][0]["known"].as_u64().unwrap() >= 1, "{stats}");
    assert_eq!(home.run(&["stats"]).code, 0);
    assert_eq!(home.run(&["trend", "hw-main", "nothing"]).code, 1);
    assert_eq!(home.run(&["trend", "hw-main", &meter, "--days", "0"]).code, 2);
}

#[test]
fn an_export_is_a_whole_file_or_stdout() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let meter = read_once(&home, &cloud);
    let file = home.write("old.csv", "as it was");
    let done = home.run(&["export-history", "hw-main", &meter, &file]);
    assert_eq!(done.code, 0, "{done:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("fetched_at,as_of,unit,remaining,"), "{text}");
    assert!(text.lines().count() >= 2, "{text}");
    let args = [
        "export-history",
        "hw-main",
        &meter,
        "-",
        "--format",
        "json",
        "--every",
        "day",
    ];
    let days = home.run(&args).json();
    assert!(days[0]["readings"].as_u64().unwrap() >= 1, "{days}");
    let alerts = home.run(&["export-records", "alerts", "-"]);
    assert!(alerts.out.starts_with("id,raised_at,"), "{alerts:?}");
    let none = home.run(&[
        "export-records",
        "actions",
        "-",
        "--format",
        "json",
        "--days",
        "1",
    ]);
    assert!(none.json().is_array(), "{none:?}");
    let missing = home.write("kept.csv", "as it was");
    assert_eq!(
        home.run(&["export-history", "hw-main", "nothing", &missing]).code,
        1
    );
    assert_eq!(std::fs::read_to_string(&missing).unwrap(), "as it was");
}
