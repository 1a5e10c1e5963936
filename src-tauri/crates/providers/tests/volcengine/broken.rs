//! Every recorded body with one thing broken: what comes out is as before or a refusal, never a panic, never other money,
//! and never less of a user than there is.

use serde_json::{Value, json};
use tidegate_providers::Source;
use tidegate_providers::sub_accounts::{Reach, SubAccounts};

use crate::bill::{bill_of, told};
use crate::mutate::{places, with, without};
use crate::support::*;

/// Every mutation of a body: each value dropped, null, of another type, huge.
fn mutations(body: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    places(body, "", &mut found);
    let mut all = Vec::new();
    let whole = std::iter::once(String::new());
    for place in found.iter().cloned().chain(whole) {
        if !place.is_empty() {
            all.push((format!("{place} dropped"), without(body, &place)));
        }
        let huge: Value = serde_json::from_str("1e400").unwrap();
        for wrong in [
            json!(null),
            json!(true),
            json!({}),
            json!([]),
            json!("9".repeat(50)),
            huge,
        ] {
            all.push((format!("{place} = {wrong}"), with(body, &place, wrong)));
        }
    }
    all
}

/// Whether a mutation only changes a name or text that stands for itself: another name is another truth, not a lie that
/// could be seen.
fn is_word(what: &str, fields: &[&str]) -> bool {
    what.contains("= \"999") && fields.iter().any(|field| what.contains(&format!("/{field} ")))
}

/// Whether a mutation makes a list without a number of rows shorter: that is another truth too.
fn is_shorter(what: &str) -> bool {
    ["AccessKeyMetadata", "AttachedPolicyMetadata", "PolicyScope"]
        .iter()
        .any(|list| {
            let (_, after) = what.rsplit_once(list).unwrap_or_default();
            after == " = []"
                || after.starts_with('/') && after.matches('/').count() == 1 && after.ends_with(" dropped")
        })
}

#[tokio::test(start_paused = true)]
async fn a_broken_bill_tells_the_same_money_or_none() {
    let cloud = Cloud::new();
    let account = cloud.account();
    let whole = told(&bill_of(&account).await.months[0]).unwrap();
    let mut blind = 0;
    for (what, body) in mutations(&fixture("bill")) {
        cloud.answers("ListSplitBillDetail", body);
        let bill = bill_of(&account).await;
        match told(&bill.months[0]) {
            Ok(known) => assert!(
                known == whole || is_word(&what, &["Project"]),
                "{what}: {known:?}"
            ),
            Err(_) => blind += 1,
        }
    }
    assert!(blind > 100, "{blind}");
}

#[tokio::test(start_paused = true)]
async fn a_bill_cut_short_anywhere_is_blind() {
    let cloud = Cloud::new();
    let account = cloud.account();
    let text = fixture("bill").to_string();
    let ends = text.char_indices().map(|(at, _)| at).step_by(37);
    for end in ends {
        let cut = text[..end].to_owned();
        cloud.on("ListSplitBillDetail", move |_| raw(200, &cut));
        let bill = bill_of(&account).await;
        assert!(bill.months[0].spent.is_err(), "{end}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_broken_list_of_users_misses_nobody() {
    let cloud = Cloud::new();
    let account = cloud.account();
    let ids = |bill: tidegate_providers::sub_accounts::Bill| {
        bill.users.map(|users| {
            users
                .into_iter()
                .map(|user| (user.id, user.name))
                .collect::<Vec<_>>()
        })
    };
    let whole = ids(bill_of(&account).await).unwrap();
    for (what, body) in mutations(&fixture("users")) {
        cloud.answers("ListUsers", body);
        let told = ids(bill_of(&account).await);
        if !is_word(&what, &["UserName", "Id"]) {
            assert!(
                told.as_ref().is_err() || told.as_ref() == Ok(&whole),
                "{what}: {told:?}"
            );
        }
    }
}

/// Broken bodies of each list that a survey reads: a piece that is there is never closed or missing by a lie of shape.
#[tokio::test(start_paused = true)]
async fn a_survey_of_broken_answers_is_the_same_or_none() {
    let reach = Reach {
        endpoints: true,
        instances_of: vec![tidegate_providers::sub_accounts::Project("team-a".to_owned())],
    };
    let bodies = [
        ("ListAccessKeys", "keys", &["AccessKeyId", "UpdateDate"][..]),
        ("GetLoginProfile", "login", &["CreateDate", "UpdateDate"][..]),
        (
            "ListAttachedUserPolicies",
            "attached",
            &["PolicyName", "AttachDate", "ProjectName"][..],
        ),
        (
            "ListEndpoints",
            "endpoints",
            &["Id", "Name", "Status", "UpdateTime"][..],
        ),
        (
            "DescribeInstances",
            "instances",
            &[
                "InstanceId",
                "InstanceName",
                "Status",
                "InstanceChargeType",
                "UpdatedAt",
                "NextToken",
            ][..],
        ),
        ("GetUser", "user", &["UserName", "Id"][..]),
        ("GetCallerIdentity", "caller", &["IdentityId"][..]),
    ];
    let open = |survey: &tidegate_providers::sub_accounts::Survey| {
        survey
            .pieces
            .iter()
            .map(|seen| (seen.piece.clone(), seen.hatch))
            .collect::<Vec<_>>()
    };
    for (action, name, words) in bodies {
        let cloud = Cloud::new();
        let whole = cloud.account().survey(&target(), &reach).await.unwrap();
        let mut refusals = 0;
        for (what, body) in mutations(&fixture(name)) {
            cloud.answers(action, body);
            match cloud.account().survey(&target(), &reach).await {
                Ok(survey) => {
                    let named = what.contains("Name dropped") || what.contains("Name = ");
                    let same = open(&survey) == open(&whole) && survey.ourselves == whole.ourselves;
                    assert!(
                        same || named || is_word(&what, words) || is_shorter(&what),
                        "{action} {what}: {survey:?}"
                    );
                }
                Err(_) => refusals += 1,
            }
        }
        assert!(refusals > 10, "{action}: {refusals}");
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_comes_back_no_secret_is_told() {
    let cloud = Cloud::new();
    let account = cloud.account();
    let echo = format!("you sent {} and {}", WATCH.0, WATCH.1);
    for status in [200, 400, 401, 403, 404, 409, 429, 500] {
        for code in ["AccessDenied", "InvalidParam", "SignatureDoesNotMatch", WATCH.1] {
            let (code, echo) = (code.to_owned(), echo.clone());
            cloud.on("ListUsers", move |_| refused(status, &code, &echo));
            let cloud_account = cloud.account();
            let error = format!("{:?}", cloud_account.discover(true).await.unwrap_err());
            assert!(!error.contains("canary") && !error.contains(WATCH.0), "{error}");
        }
    }
    let made = account.create_key(&bob()).await.unwrap();
    assert!(!format!("{made:?}").contains("canary"), "{made:?}");
    for (what, body) in mutations(&fixture("made_key")) {
        cloud.answers("CreateAccessKey", body);
        if let Err(error) = cloud.account().create_key(&bob()).await {
            assert!(!format!("{error:?}").contains("canary"), "{what}: {error:?}");
        }
    }
}
