//! The account check: projects, regions, site.

use serde_json::json;
use tidegate_meter::Reason;
use tidegate_providers::huawei::Site;
use tidegate_providers::{Control, ProviderErrorKind, Source};

use crate::support::*;

const CHINA: &str = "bss.myhuaweicloud.com";
const INTERNATIONAL: &str = "bss-intl.myhuaweicloud.com";

fn home_is(cloud: &Cloud, home: &'static str, code: &'static str) {
    cloud.on("/payments/", move |seen| {
        if seen.host != home {
            return refused(
                403,
                code,
                "Access denied. The customer does not belong to the website you are now at.",
            );
        }
        if seen.asks(USAGES) {
            ok(&usages_of(&seen.ids()))
        } else {
            ok(&fixture("packages"))
        }
    });
}

#[tokio::test]
async fn the_check_tells_owner_regions_and_site() {
    let cloud = Cloud::new();
    let check = cloud.account().check().await.unwrap();
    assert_eq!(check.owner, DOMAIN);
    assert_eq!(
        check.regions,
        ["ap-southeast-1", "cn-north-4"],
        "MOS is no region"
    );
    assert_eq!(check.site.as_deref(), Some("china"));
}

#[tokio::test]
async fn either_refusal_code_moves_to_the_other_site_and_is_remembered() {
    for code in ["CBC.0150", "CBC.0156"] {
        let cloud = Cloud::new();
        home_is(&cloud, INTERNATIONAL, code);
        let huawei = cloud.account();
        assert_eq!(
            huawei.check().await.unwrap().site.as_deref(),
            Some("international"),
            "{code}"
        );
        huawei.read().await.unwrap();
        let strays = cloud
            .seen("/payments/")
            .iter()
            .filter(|seen| seen.host == CHINA)
            .count();
        assert_eq!(strays, 1, "{code}: the other site is asked once");
    }
}

#[tokio::test]
async fn an_account_that_moves_back_is_found_again() {
    let cloud = Cloud::new();
    home_is(&cloud, INTERNATIONAL, "CBC.0156");
    let huawei = cloud.account();
    huawei.check().await.unwrap();
    home_is(&cloud, CHINA, "CBC.0150");
    assert_eq!(huawei.check().await.unwrap().site.as_deref(), Some("china"));
}

#[tokio::test]
async fn a_fixed_site_is_not_left_and_the_refusal_says_what_to_set() {
    let cloud = Cloud::new();
    home_is(&cloud, INTERNATIONAL, "CBC.0156");
    let huawei = cloud.account_with(|config| config.site = Site::China);
    let error = huawei.check().await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Scope));
    assert!(
        error.detail.contains("site = \"international\"") && error.detail.contains("CBC.0156"),
        "{error}"
    );
    assert!(cloud.seen("/payments/").iter().all(|seen| seen.host == CHINA));
}

#[tokio::test]
async fn two_sites_that_both_refuse_are_a_scope_error() {
    let cloud = Cloud::new();
    home_is(&cloud, "nowhere", "CBC.0150");
    let error = cloud.account().check().await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Scope));
}

#[tokio::test]
async fn an_unknown_region_is_named_with_what_the_key_may_enter() {
    let cloud = Cloud::new();
    let huawei = cloud.account_with(|config| config.regions = vec!["cn-nowhere-9".to_owned()]);
    let error = huawei.read().await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Scope));
    assert!(error.detail.contains("cn-nowhere-9"), "{error}");
    assert!(error.detail.contains("ap-southeast-1, cn-north-4"), "{error}");
}

#[tokio::test]
async fn a_server_is_reached_through_the_sub_project_that_config_names_and_that_the_key_may_enter() {
    let cloud = Cloud::new();
    let mut projects = fixture("projects");
    projects["projects"].as_array_mut().unwrap().push(json!({
        "id": "subproject01", "name": "cn-north-4_team", "domain_id": DOMAIN, "enabled": true
    }));
    cloud.answers(PROJECTS, projects);
    let mut instances = fixture("instances");
    instances["resources"][0]["project_id"] = json!("subproject01");
    cloud.answers(INSTANCES, instances.clone());
    let huawei = cloud.account();
    huawei.read().await.unwrap();
    huawei.state(&target()).await.unwrap();
    assert_eq!(cloud.seen(DETAIL)[0].path, "/v1/subproject01/cloudservers/detail");

    instances["resources"][0]["project_id"] = json!("a-project-of-somebody-else");
    cloud.answers(INSTANCES, instances);
    huawei.discover(true).await.unwrap();
    huawei.state(&target()).await.unwrap();
    assert_eq!(
        cloud.seen(DETAIL)[1].path,
        format!("/v1/{PROJECT}/cloudservers/detail")
    );
}

#[tokio::test]
async fn one_account_never_uses_the_projects_of_another() {
    let (first, second) = (Cloud::new(), Cloud::new());
    let mut projects = fixture("projects");
    projects["projects"][0]["id"] = json!("project-of-the-second");
    second.answers(PROJECTS, projects);
    let (one, two) = (first.account(), second.account());
    one.read().await.unwrap();
    two.read().await.unwrap();
    two.state(&target()).await.unwrap();
    let seen = second.seen(DETAIL);
    assert_eq!(seen[0].headers["x-project-id"], "project-of-the-second");
    assert!(first.seen(DETAIL).is_empty());
}

#[tokio::test]
async fn a_key_without_any_project_is_missing_one_and_not_empty() {
    let cloud = Cloud::new();
    cloud.answers(PROJECTS, json!({"projects": []}));
    let error = cloud.account().check().await.unwrap_err();
    assert_eq!(error.kind, ProviderErrorKind::Blind(Reason::Missing));
}
