//! Whatever the cloud says back, no secret is told. Answers with one thing broken stand in `mutants.rs`.

use tidegate_providers::Source;
use tidegate_providers::sub_accounts::SubAccounts;

use crate::support::*;

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
}
