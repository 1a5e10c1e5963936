//! The list of packages and servers: pages, memory, manual mappings, renewal.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_meter::{MeterId, Outcome, Reason};
use tidegate_providers::huawei::{Huawei, HuaweiConfig, Mapping};
use tidegate_providers::{Discovery, ReadReport, Source};

use crate::support::*;
use crate::usages::find;

const HOUR: Duration = Duration::from_secs(3600);

fn ids(report: &ReadReport) -> Vec<&str> {
    report.meters.iter().map(|look| look.info.id.as_str()).collect()
}

fn over(report: &ReadReport) -> Vec<&str> {
    report.over.iter().map(MeterId::as_str).collect()
}

fn target_ids(found: &Discovery) -> Vec<&str> {
    found
        .targets
        .iter()
        .map(|found| found.target.id.as_str())
        .collect()
}

fn blind(report: &ReadReport, id: &str) -> Option<Reason> {
    match &find(&report.meters, id).outcome {
        Outcome::Blind(blind) => Some(blind.reason),
        Outcome::Known(_) => None,
    }
}

fn no_shared(cloud: &Cloud) {
    cloud.answers(PACKAGES, json!({"total_count": 0, "free_resource_packages": []}));
}

fn no_instances() -> Value {
    json!({"resources": [], "page_info": {"current_count": 0, "next_marker": null}})
}

/// The recorded instance with these packages instead of its own.
fn instance_with(packages: &[&str]) -> Value {
    let mut list = fixture("instances");
    let parts = list["resources"][0]["properties"]["resources"]
        .as_array_mut()
        .unwrap();
    parts.retain(|part| part["logical_resource_type"] != "huaweicloudinternal_cbc_freeresource");
    for id in packages {
        parts.push(json!({
            "logical_resource_type": "huaweicloudinternal_cbc_freeresource_upflow", "physical_resource_id": id
        }));
    }
    list
}

#[tokio::test]
async fn the_recorded_lists_become_meters_and_targets() {
    let cloud = Cloud::new();
    let found = cloud.account().discover(false).await.unwrap();
    let meters: Vec<(&str, &str)> = found
        .meters
        .iter()
        .map(|m| (m.id.as_str(), m.name.as_str()))
        .collect();
    assert_eq!(
        meters,
        [
            (PACKAGE_A, "flexus-l-1 · 流量包"),
            (PACKAGE_B, "轻量BGP流量套餐包"),
            (PACKAGE_SHARED, "共享流量包_动态BGP_100GB")
        ],
        "a used-up package is in the list; one that belongs to an instance is there once"
    );
    assert_eq!(found.meters[0].targets, [target()]);
    assert!(
        found.meters[2].targets.is_empty(),
        "a shared package belongs to no server"
    );
    assert_eq!(target_ids(&found), [SERVER]);
    assert_eq!(found.targets[0].addresses, ["203.0.113.11"]);
    assert_eq!(found.targets[0].bandwidth_mbit, Some(30));
    assert_eq!(found.targets[0].meters[0].as_str(), PACKAGE_A);
    assert_eq!(found.age.as_secs(), 24 * 3600, "Config itself may lag by a day");
}

#[tokio::test]
async fn billing_is_asked_without_a_status_filter_and_only_current_traffic_counts() {
    let cloud = Cloud::new();
    cloud.answers(INSTANCES, no_instances());
    let mut list = fixture("packages");
    let one = list["free_resource_packages"][2].clone();
    let mut add = |id: &str, status: i64, measure: i64| {
        let mut package = one.clone();
        package["status"] = json!(status);
        package["free_resources"][0]["free_resource_id"] = json!(id);
        package["free_resources"][0]["measure_id"] = json!(measure);
        list["free_resource_packages"]
            .as_array_mut()
            .unwrap()
            .push(package);
    };
    add("not-yet", 0, 10);
    add("expired", 3, 10);
    add("unsubscribed", 4, 10);
    add("hours", 1, 4);
    add("requests", 1, 14);
    add("disk", 1, 17);
    add("megabytes", 1, 11);
    list["total_count"] = json!(10);
    cloud.answers(PACKAGES, list);
    let report = cloud.account().read().await.unwrap();
    assert_eq!(ids(&report), [PACKAGE_A, PACKAGE_B, PACKAGE_SHARED, "megabytes"]);
    assert!(
        cloud
            .seen(PACKAGES)
            .iter()
            .all(|seen| seen.body.get("status").is_none())
    );
}

/// Config in pages of 200, by marker.
fn paged_instances(cloud: &Cloud, count: usize) {
    cloud.on(INSTANCES, move |seen| {
        let from: usize = seen.query.get("marker").map_or(0, |marker| marker.parse().unwrap());
        let limit: usize = seen.query["limit"].parse().unwrap();
        let until = (from + limit).min(count);
        let rows: Vec<Value> = (from..until)
            .map(|n| {
                json!({"id": format!("instance-{n}"), "name": format!("n{n}"), "region_id": "cn-north-4", "state": "Normal",
                    "properties": {"resources": [
                        {"logical_resource_type": "huaweicloudinternal_ecs_instance", "physical_resource_id": format!("server-{n:04}")},
                        {"logical_resource_type": "huaweicloudinternal_cbc_freeresource", "physical_resource_id": format!("package-{n:04}")}]}})
            })
            .collect();
        let next = if until < count { json!(until.to_string()) } else { Value::Null };
        ok(&json!({"resources": rows, "page_info": {"current_count": rows.len(), "next_marker": next}}))
    });
}

#[tokio::test]
async fn config_is_read_to_its_last_page() {
    for (count, pages) in [(199, 1), (200, 1), (201, 2), (401, 3)] {
        let cloud = Cloud::new();
        no_shared(&cloud);
        paged_instances(&cloud, count);
        let found = cloud.account().discover(false).await.unwrap();
        assert_eq!((found.meters.len(), found.targets.len()), (count, count));
        let asked = cloud.seen(INSTANCES);
        assert_eq!(asked.len(), pages, "{count} instances");
        assert!(asked.iter().all(|seen| seen.query["type"] == "hcss.l-instance"));
        assert!(asked.iter().all(|seen| seen.path.contains(DOMAIN)));
    }
}

#[tokio::test]
async fn billing_is_read_to_its_last_page_by_record_offset() {
    let cloud = Cloud::new();
    cloud.answers(INSTANCES, no_instances());
    let one = fixture("packages")["free_resource_packages"][2].clone();
    cloud.on(PACKAGES, move |seen| {
        let offset = seen.body["offset"].as_u64().unwrap();
        // The service may give fewer rows than asked for.
        let rows: Vec<Value> = (offset..(offset + 150).min(401))
            .map(|n| {
                let mut package = one.clone();
                package["free_resources"][0]["free_resource_id"] = json!(format!("shared-{n:04}"));
                package
            })
            .collect();
        ok(&json!({"total_count": "401", "free_resource_packages": rows}))
    });
    let found = cloud.account().discover(false).await.unwrap();
    assert_eq!(found.meters.len(), 401);
    let offsets: Vec<u64> = cloud
        .seen(PACKAGES)
        .iter()
        .map(|seen| seen.body["offset"].as_u64().unwrap())
        .collect();
    assert_eq!(offsets, [0, 150, 300]);
}

#[tokio::test]
async fn a_marker_that_repeats_is_not_followed_for_ever() {
    let cloud = Cloud::new();
    no_shared(&cloud);
    cloud.on(INSTANCES, |_| {
        ok(&json!({"resources": [], "page_info": {"next_marker": "again"}}))
    });
    let error = cloud.account().discover(false).await.unwrap_err();
    assert_eq!(error.blind().reason, Reason::Shape);
    assert_eq!(cloud.seen(INSTANCES).len(), 2);
}

#[tokio::test]
async fn an_account_without_any_package_is_missing_one() {
    let cloud = Cloud::new();
    no_shared(&cloud);
    cloud.answers(INSTANCES, no_instances());
    let error = cloud.account().read().await.unwrap_err();
    assert_eq!(
        error.blind().reason,
        Reason::Missing,
        "an empty list is not a quiet account"
    );
}

#[tokio::test]
async fn one_instance_may_hold_several_packages_or_none() {
    let cloud = Cloud::new();
    no_shared(&cloud);
    let mut list = instance_with(&["package-0001", "package-0002"]);
    let mut bare = list["resources"][0].clone();
    bare["id"] = json!("bare");
    bare["properties"]["resources"] = json!([
        {"logical_resource_type": "huaweicloudinternal_ecs_instance", "physical_resource_id": "bare-server"}, 7, null, {}
    ]);
    let gone = json!({"id": "gone", "state": "Deleted", "properties": list["resources"][0]["properties"]});
    let shapeless = json!({"id": "shapeless", "properties": "none"});
    list["resources"]
        .as_array_mut()
        .unwrap()
        .extend([bare, gone, shapeless]);
    cloud.answers(INSTANCES, list);
    let found = cloud.account().discover(false).await.unwrap();
    let names: Vec<&str> = found.meters.iter().map(|meter| meter.name.as_str()).collect();
    assert_eq!(names, ["flexus-l-1 · 流量包 0001", "flexus-l-1 · 流量包 0002"]);
    assert!(found.meters.iter().all(|meter| meter.targets == [target()]));
    assert_eq!(target_ids(&found), [SERVER, "bare-server"]);
    assert!(found.targets[1].meters.is_empty());
}

#[tokio::test]
async fn only_configured_regions_are_watched() {
    let cloud = Cloud::new();
    let huawei = cloud.account_with(|config| config.regions = vec!["ap-southeast-1".to_owned()]);
    let found = huawei.discover(false).await.unwrap();
    assert!(found.meters.is_empty() && found.targets.is_empty());
}

#[tokio::test]
async fn a_manual_mapping_overrides_discovery_and_adds_what_it_misses() {
    let cloud = Cloud::new();
    let mapping = |meter: &str, server: &str| Mapping {
        meter: meter.parse().unwrap(),
        server: server.parse().unwrap(),
        region: "cn-north-4".to_owned(),
        name: Some(format!("by hand {server}")),
    };
    let huawei = cloud.account_with(|config| {
        config.mappings = vec![
            mapping(PACKAGE_A, "other-server"),
            mapping(PACKAGE_SHARED, "web-1"),
            mapping(PACKAGE_SHARED, "web-2"),
            mapping("unlisted-package", "web-3"),
        ];
    });
    let report = huawei.read().await.unwrap();
    let targets = |id: &str| -> Vec<&str> {
        find(&report.meters, id)
            .info
            .targets
            .iter()
            .map(|target| target.id.as_str())
            .collect()
    };
    assert_eq!(targets(PACKAGE_A), ["other-server"]);
    assert_eq!(targets(PACKAGE_SHARED), ["web-1", "web-2"]);
    assert_eq!(targets("unlisted-package"), ["web-3"]);
    assert_eq!(
        find(&report.meters, "unlisted-package").info.name,
        "by hand web-3 · 流量包"
    );
    let found = huawei.discover(false).await.unwrap();
    assert_eq!(
        target_ids(&found),
        [SERVER, "other-server", "web-1", "web-2", "web-3"]
    );
}

#[tokio::test]
async fn mapped_packages_are_read_even_when_every_list_fails() {
    let cloud = Cloud::new();
    cloud.on(INSTANCES, |_| refused(403, "RMS.00010001", "no"));
    cloud.on(PACKAGES, |_| refused(403, "CBC.0151", "no"));
    let huawei = cloud.account_with(|config| {
        config.mappings = vec![Mapping {
            meter: PACKAGE_A.parse().unwrap(),
            server: SERVER.parse().unwrap(),
            region: "cn-north-4".to_owned(),
            name: None,
        }];
    });
    let report = huawei.read().await.unwrap();
    assert_eq!(ids(&report), [PACKAGE_A]);
    assert_eq!(blind(&report, PACKAGE_A), None);
}

#[tokio::test]
async fn the_list_is_read_hourly_or_when_forced() {
    let cloud = Cloud::new();
    let huawei = cloud.account();
    huawei.discover(false).await.unwrap();
    cloud.advance(Duration::from_secs(3599));
    huawei.read().await.unwrap();
    assert_eq!(cloud.seen(INSTANCES).len(), 1);
    huawei.discover(true).await.unwrap();
    assert_eq!(cloud.seen(INSTANCES).len(), 2);
    cloud.advance(HOUR);
    huawei.read().await.unwrap();
    assert_eq!(cloud.seen(INSTANCES).len(), 3);
}

#[tokio::test]
async fn while_config_fails_the_kept_list_serves_with_its_age() {
    let cloud = Cloud::new();
    let huawei = cloud.account();
    huawei.discover(false).await.unwrap();
    cloud.on(INSTANCES, |_| refused(403, "RMS.00010001", "denied"));
    cloud.advance(2 * HOUR);
    let found = huawei.discover(true).await.unwrap();
    assert_eq!(found.meters[0].targets, [target()]);
    assert!(
        found.age >= 26 * HOUR,
        "two hours since the last list, a day of the provider's own"
    );
}

fn with_cache(dir: &Path) -> impl Fn(&mut HuaweiConfig) + '_ {
    |config| config.cache_dir = Some(dir.to_owned())
}

#[tokio::test]
async fn a_start_without_config_uses_the_list_kept_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = Cloud::new();
    cloud.account_with(with_cache(dir.path())).read().await.unwrap();
    cloud.on(INSTANCES, |_| refused(503, "", ""));
    cloud.on(PACKAGES, |_| refused(503, "", ""));
    cloud.advance(3 * HOUR);
    let found = cloud
        .account_with(with_cache(dir.path()))
        .discover(false)
        .await
        .unwrap();
    assert_eq!(found.meters.len(), 3);
    assert_eq!(found.meters[0].targets, [target()]);
    assert!(found.age >= 27 * HOUR);
}

#[tokio::test]
async fn a_young_list_on_disk_spares_the_question() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = Cloud::new();
    cloud.account_with(with_cache(dir.path())).read().await.unwrap();
    cloud.account_with(with_cache(dir.path())).read().await.unwrap();
    assert_eq!(cloud.seen(INSTANCES).len(), 1);
}

#[tokio::test]
async fn the_list_on_disk_belongs_to_one_owner_and_one_key_and_holds_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = Cloud::new();
    cloud.account_with(with_cache(dir.path())).read().await.unwrap();
    let file = std::fs::read_dir(dir.path()).unwrap().next().unwrap().unwrap();
    let (name, text) = (file.file_name(), std::fs::read_to_string(file.path()).unwrap());
    for secret in [WATCH.0, WATCH.1] {
        assert!(!text.contains(secret) && !name.to_str().unwrap().contains(secret));
    }

    let other = Cloud::new();
    let mut projects = fixture("projects");
    projects["projects"][0]["domain_id"] = json!("somebody-else");
    other.answers(PROJECTS, projects);
    other.advance(Duration::from_secs(60));
    other.account_with(with_cache(dir.path())).read().await.unwrap();
    assert_eq!(
        other.seen(INSTANCES).len(),
        1,
        "the list of another owner is not believed"
    );

    let mut config = config();
    config.cache_dir = Some(dir.path().to_owned());
    let by_another_key = Huawei::new(config, credential(ACT), None, cloud.egress());
    by_another_key.read().await.unwrap();
    assert_eq!(cloud.seen(INSTANCES).len(), 2);
}

#[tokio::test]
async fn a_damaged_file_is_as_good_as_none() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = Cloud::new();
    cloud.account_with(with_cache(dir.path())).read().await.unwrap();
    let file = std::fs::read_dir(dir.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    std::fs::write(&file, "{\"format\":1,").unwrap();
    cloud.account_with(with_cache(dir.path())).read().await.unwrap();
    assert_eq!(cloud.seen(INSTANCES).len(), 2);
}

#[tokio::test]
async fn a_package_that_vanishes_from_config_is_still_read() {
    let cloud = Cloud::new();
    no_shared(&cloud);
    let huawei = cloud.account();
    huawei.read().await.unwrap();
    cloud.answers(INSTANCES, no_instances());
    cloud.advance(2 * HOUR);
    let report = huawei.read().await.unwrap();
    assert_eq!(ids(&report), [PACKAGE_A]);
    assert_eq!(blind(&report, PACKAGE_A), None, "billing still tells it");
    cloud.answers(USAGES, json!({"free_resources": []}));
    assert_eq!(
        blind(&huawei.read().await.unwrap(), PACKAGE_A),
        Some(Reason::Missing),
        "absence is told, not hidden"
    );
}

#[tokio::test]
async fn a_renewed_package_replaces_the_old_one_quietly() {
    let cloud = Cloud::new();
    no_shared(&cloud);
    let huawei = cloud.account();
    huawei.read().await.unwrap();
    cloud.answers(INSTANCES, instance_with(&["renewed-id"]));
    cloud.on(USAGES, |seen| {
        let known: Vec<String> = seen.ids().into_iter().filter(|id| id != PACKAGE_A).collect();
        ok(&usages_of(&known))
    });
    cloud.advance(2 * HOUR);
    let report = huawei.read().await.unwrap();
    assert_eq!(ids(&report), ["renewed-id"]);
    assert_eq!(over(&report), [PACKAGE_A]);
    assert_eq!(report.meters[0].info.targets, [target()]);

    cloud.answers(USAGES, json!({"free_resources": []}));
    let report = huawei.read().await.unwrap();
    assert_eq!(
        ids(&report),
        [PACKAGE_A, "renewed-id"],
        "without a known successor, both absences are told"
    );
    assert_eq!(blind(&report, PACKAGE_A), Some(Reason::Missing));
    assert!(over(&report).is_empty(), "nothing was told in its place");
}

#[tokio::test]
async fn of_two_packages_known_from_the_start_the_one_that_both_lists_drop_is_over() {
    let cloud = Cloud::new();
    no_shared(&cloud);
    cloud.answers(INSTANCES, instance_with(&[PACKAGE_A, "renewed-id"]));
    let huawei = cloud.account();
    assert_eq!(ids(&huawei.read().await.unwrap()), [PACKAGE_A, "renewed-id"]);
    cloud.on(USAGES, |seen| {
        let known: Vec<String> = seen.ids().into_iter().filter(|id| id != PACKAGE_A).collect();
        ok(&usages_of(&known))
    });
    let report = huawei.read().await.unwrap();
    assert_eq!(
        ids(&report),
        [PACKAGE_A, "renewed-id"],
        "Config names both: which of them is the older one cannot be known"
    );
    assert!(over(&report).is_empty());

    cloud.answers(INSTANCES, instance_with(&["renewed-id"]));
    cloud.advance(2 * HOUR);
    let report = huawei.read().await.unwrap();
    assert_eq!(ids(&report), ["renewed-id"]);
    assert_eq!(over(&report), [PACKAGE_A]);
}

#[tokio::test]
async fn billing_that_answers_with_the_id_now_in_force_is_followed_at_once() {
    let cloud = Cloud::new();
    no_shared(&cloud);
    let huawei = cloud.account();
    huawei.read().await.unwrap();
    cloud.on(USAGES, |_| ok(&usages_of(&["renewed-id".to_owned()])));
    let report = huawei.read().await.unwrap();
    assert_eq!(
        ids(&report),
        ["renewed-id"],
        "a healthy server is neither blind nor stopped"
    );
    assert_eq!(blind(&report, "renewed-id"), None);
    assert_eq!(report.meters[0].info.targets, [target()]);
}

#[tokio::test]
async fn a_renewed_shared_package_is_followed_too() {
    let cloud = Cloud::new();
    cloud.answers(INSTANCES, no_instances());
    let mut list = fixture("packages");
    list["free_resource_packages"].as_array_mut().unwrap().drain(..2);
    list["total_count"] = json!(1);
    cloud.answers(PACKAGES, list);
    let huawei = cloud.account();
    assert_eq!(ids(&huawei.read().await.unwrap()), [PACKAGE_SHARED]);
    cloud.on(USAGES, |_| ok(&usages_of(&["renewed-id".to_owned()])));
    assert_eq!(ids(&huawei.read().await.unwrap()), ["renewed-id"]);
}

#[tokio::test]
async fn a_followed_renewal_holds_while_config_still_lists_the_old_id() {
    let cloud = Cloud::new();
    no_shared(&cloud);
    let huawei = cloud.account();
    huawei.read().await.unwrap();
    cloud.on(USAGES, |_| ok(&usages_of(&["renewed-id".to_owned()])));
    huawei.read().await.unwrap();
    cloud.advance(2 * HOUR);
    assert_eq!(
        ids(&huawei.read().await.unwrap()),
        ["renewed-id"],
        "Config lags by up to a day"
    );
}

#[tokio::test]
async fn a_renewed_package_that_was_mapped_by_hand_is_told_as_missing() {
    let cloud = Cloud::new();
    no_shared(&cloud);
    let huawei = cloud.account_with(|config| {
        config.mappings = vec![Mapping {
            meter: PACKAGE_A.parse().unwrap(),
            server: "other-server".parse().unwrap(),
            region: "cn-north-4".to_owned(),
            name: None,
        }];
    });
    huawei.read().await.unwrap();
    cloud.on(USAGES, |_| ok(&usages_of(&["renewed-id".to_owned()])));
    let report = huawei.read().await.unwrap();
    assert_eq!(ids(&report), [PACKAGE_A]);
    assert_eq!(
        blind(&report, PACKAGE_A),
        Some(Reason::Missing),
        "the person's mapping decides, not a guess"
    );
}

#[tokio::test]
async fn an_answer_about_other_packages_is_not_matched_by_guess() {
    let cloud = Cloud::new();
    no_shared(&cloud);
    cloud.answers(INSTANCES, instance_with(&["package-1", "package-2"]));
    let huawei = cloud.account();
    cloud.on(USAGES, |_| {
        ok(&usages_of(&["stranger-1".to_owned(), "stranger-2".to_owned()]))
    });
    let report = huawei.read().await.unwrap();
    assert_eq!(ids(&report), ["package-1", "package-2"]);
    assert_eq!(blind(&report, "package-1"), Some(Reason::Missing));
    huawei.read().await.unwrap();
    assert_eq!(
        cloud.seen(INSTANCES).len(),
        2,
        "the list is read again at the next look"
    );
}

#[tokio::test]
async fn an_expired_shared_package_leaves_the_list_and_a_list_cut_short_removes_nothing() {
    let cloud = Cloud::new();
    cloud.answers(USAGES, plenty());
    let huawei = cloud.account();
    assert_eq!(huawei.read().await.unwrap().meters.len(), 3);
    cloud.answers(PACKAGES, json!({"total_count": 3, "free_resource_packages": []}));
    huawei.discover(true).await.unwrap();
    assert_eq!(huawei.read().await.unwrap().meters.len(), 3);
    let asked = cloud.seen(PACKAGES).len();
    cloud.advance(Duration::from_secs(601));
    huawei.read().await.unwrap();
    assert_eq!(
        cloud.seen(PACKAGES).len(),
        asked + 1,
        "a list cut short is asked for again sooner"
    );
    let mut expired = fixture("packages");
    expired["free_resource_packages"][2]["status"] = json!(3);
    cloud.answers(PACKAGES, expired);
    huawei.discover(true).await.unwrap();
    let report = huawei.read().await.unwrap();
    assert_eq!(ids(&report), [PACKAGE_A, PACKAGE_B]);
    assert_eq!(over(&report), [PACKAGE_SHARED]);
}
