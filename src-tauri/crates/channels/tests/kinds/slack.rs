//! Slack and what speaks like it: the word `ok`, the words of refusal, Discord's body.

use std::sync::Arc;
use std::time::Duration;

use ::secrecy::SecretString;
use tidegate_channels::{Channel as _, ChannelError, Hook, Pace, Refusal, Telling, limits};
use tidegate_guard::Severity;
use tidegate_meter::Lang;

use super::support::{Script, answer, delivery, endless, harmful, now, pause, tell, telling, wire};

/// FAKE.
pub const URL: &str = "https://hooks.slack.com/services/T00FAKE00/B00FAKE00/canaryFAKEslackhook";
const DISCORD: &str = "https://discord.com/api/webhooks/112233/canaryFAKEdiscord/slack";

pub fn hook(script: &Arc<Script>, url: &str) -> Hook {
    Hook::slack(telling(Lang::En), SecretString::from(url), wire(script)).unwrap()
}

async fn refused(status: u16, body: &str) -> tidegate_channels::DeliveryError {
    tell(&hook(&Script::new([answer(status, &[], body)]), URL))
        .await
        .unwrap_err()
}

#[tokio::test]
async fn success_is_only_the_word_ok() {
    assert_eq!(
        tell(&hook(&Script::new([answer(200, &[], "ok")]), URL))
            .await
            .unwrap()
            .word,
        "200 ok"
    );
    for body in ["", "okay", "<html>ok</html>", "{}", r#"{"ok":false}"#] {
        let error = refused(200, body).await;
        assert!(
            matches!(error.refusal, Refusal::Retry(_)) && error.may_have_arrived,
            "{body}"
        );
    }
}

#[tokio::test]
async fn refusals_for_good_name_the_next_step() {
    for (status, body, step) in [
        (404, "no_service", "make a new one"),
        (404, "no_team", "make a new one"),
        (410, "channel_is_archived", "another one"),
        (404, "channel_not_found", "another one"),
        (403, "action_prohibited", "ask its owner"),
        (400, "user_not_found", "user_not_found"),
        (
            404,
            r#"{"message":"Unknown Webhook","code":10015}"#,
            "make a new one",
        ),
        (
            400,
            r#"{"message":"Invalid Form Body","code":50035}"#,
            "Invalid Form Body",
        ),
    ] {
        let error = refused(status, body).await;
        assert_eq!(error.refusal, Refusal::Permanent, "{body}");
        assert!(error.detail.contains(step), "{}", error.detail);
    }
}

#[tokio::test]
async fn a_limit_is_waited_for_as_header_or_body_say() {
    let header = tell(&hook(
        &Script::new([answer(429, &[("retry-after", "90")], "")]),
        URL,
    ))
    .await
    .unwrap_err();
    assert!((90..150).contains(&pause(&header).as_secs()), "{header:?}");
    let body = refused(
        429,
        r#"{"message":"You are being rate limited.","retry_after":7.25,"global":false}"#,
    )
    .await;
    assert!((8..60).contains(&pause(&body).as_secs()), "{body:?}");
    assert!(pause(&refused(429, "rate_limited").await) >= limits::RETRY_RATE);
    assert!(matches!(
        refused(500, "rollup_error").await.refusal,
        Refusal::Retry(_)
    ));
    assert!(
        matches!(
            refused(403, "<html>proxy</html>").await.refusal,
            Refusal::Retry(_)
        ),
        "no word of the platform"
    );
}

#[tokio::test]
async fn refused_blocks_are_left_out_at_once() {
    let script = Script::new([answer(400, &[], "invalid_blocks"), answer(200, &[], "ok")]);
    assert_eq!(tell(&hook(&script, URL)).await.unwrap().sends, 2);
    let bodies = script.bodies();
    assert!(bodies[0]["blocks"].is_array() && bodies[1].get("blocks").is_none());
}

#[tokio::test]
async fn names_stay_text_and_nobody_is_called_unless_configured() {
    let name = "<!channel> *x* @everyone & co";
    let script = Script::new([
        answer(200, &[], "ok"),
        answer(200, &[], "ok"),
        answer(200, &[], "ok"),
    ]);
    hook(&script, URL)
        .deliver(&delivery(Severity::Critical, harmful(name)))
        .await
        .unwrap();
    hook(&script, DISCORD)
        .deliver(&delivery(Severity::Critical, harmful(name)))
        .await
        .unwrap();
    let mention = ["all", "U0FAKE"].map(str::to_owned).to_vec();
    let calling = Telling {
        mention,
        ..telling(Lang::En)
    };
    let calling = Hook::slack(calling, SecretString::from(URL), wire(&script)).unwrap();
    calling
        .deliver(&delivery(Severity::Critical, harmful("x")))
        .await
        .unwrap();
    let bodies = script.bodies();
    for body in &bodies[..2] {
        let told = body.to_string();
        assert!(
            !told.contains("<!") && !told.contains("*x*") && !told.contains("@everyone"),
            "{told}"
        );
    }
    assert!(bodies[0]["text"].as_str().unwrap().contains("&amp; co"));
    assert!(bodies[1]["text"].as_str().unwrap().contains("& co") && bodies[1].get("blocks").is_none());
    assert!(
        bodies[2]["text"]
            .as_str()
            .unwrap()
            .ends_with("\n<!channel> <@U0FAKE>")
    );
}

#[tokio::test]
async fn a_long_message_is_cut_below_each_limit() {
    for (url, most) in [(URL, 3_000), (DISCORD, 2_000)] {
        let script = Script::new([answer(200, &[], "ok")]);
        hook(&script, url)
            .deliver(&delivery(Severity::Warning, endless(200)))
            .await
            .unwrap();
        let body = &script.bodies()[0];
        let size = body["text"].as_str().unwrap().chars().count();
        assert!((most / 2..=most).contains(&size), "{size}");
        if let Some(section) = body.pointer("/blocks/1/text/text") {
            assert!(section.as_str().unwrap().chars().count() <= most);
        }
    }
}

#[test]
fn an_address_must_speak_this_dialect() {
    let make =
        |url: &str| Hook::slack(telling(Lang::Zh), SecretString::from(url), wire(&Script::new([]))).map(drop);
    for good in [
        URL,
        DISCORD,
        "https://mattermost.example/hooks/FAKE",
        "http://127.0.0.1:1/slack/x",
    ] {
        assert_eq!(make(good), Ok(()), "{good}");
    }
    for bad in [
        "https://discord.com/api/webhooks/112233/FAKE",
        "https://hooks.slack.com/triggers/T0/1/FAKE",
    ] {
        assert!(
            matches!(make(bad), Err(ChannelError::Hook(hint)) if hint.contains("/slack")),
            "{bad}"
        );
    }
}

#[test]
fn one_a_second_is_taken() {
    let mut pace = Pace::default();
    pace.record(now());
    let next = hook(&Script::new([]), URL).earliest(&pace, now());
    assert_eq!(next, now().plus(Duration::from_secs(1)));
}
