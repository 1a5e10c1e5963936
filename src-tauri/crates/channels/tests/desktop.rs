//! The channel `desktop`: which message becomes which notice, and what the desktop's answer means.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "helpers of tests: a failed assumption is a failed test, and each test file uses a part of them"
)]

#[path = "support/samples.rs"]
mod samples;
mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use support::{Standing, delivery, now, zone};
use tidegate_channels::{
    Channel as _, Delivered, DeliveryError, Desktop, DesktopConfig, DesktopNotices, Message, Notice,
    NoticeDeed, NoticeError, NoticePage, Pace, Refusal, Shown, limits,
};
use tidegate_guard::Severity;
use tidegate_meter::Lang;

/// A desktop that answers as it is told and keeps what it was shown.
#[derive(Default)]
struct Screen {
    shown: Mutex<Vec<Notice>>,
    answer: Mutex<Option<NoticeError>>,
    silent: bool,
}

#[async_trait]
impl DesktopNotices for Screen {
    async fn show(&self, notice: Notice) -> Result<Shown, NoticeError> {
        self.shown.lock().unwrap().push(notice);
        if self.silent {
            std::future::pending::<()>().await;
        }
        match self.answer.lock().unwrap().take() {
            Some(error) => Err(error),
            None => Ok(Shown {
                word: "17".to_owned(),
            }),
        }
    }
}

fn desktop(screen: Option<&Arc<Screen>>, lang: Lang, simulated: bool) -> Desktop {
    let config = DesktopConfig {
        lang,
        zone: zone(),
        simulated,
    };
    let notices = screen.map(|screen| Arc::clone(screen) as Arc<dyn DesktopNotices>);
    Desktop::new(config, notices, Arc::new(Standing))
}

fn deliver(desktop: &Desktop, severity: Severity, message: Message) -> Result<Delivered, DeliveryError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(desktop.deliver(&delivery(severity, message)))
}

fn notice(lang: Lang, simulated: bool, severity: Severity, message: Message) -> Notice {
    let screen = Arc::new(Screen::default());
    deliver(&desktop(Some(&screen), lang, simulated), severity, message).unwrap();
    let shown = screen.shown.lock().unwrap();
    shown[0].clone()
}

fn sample(name: &str) -> (Severity, Message) {
    let found = samples::all().into_iter().find(|(known, _, _)| *known == name);
    let (_, severity, message) = found.unwrap();
    (severity, message)
}

#[test]
fn a_planned_stop_can_be_held_or_hurried_from_its_notice() {
    let (severity, message) = sample("action_planned");
    let Message::ActionPlanned { action, .. } = &message else {
        panic!("a plan");
    };
    let intent = action.intent;
    for (lang, labels) in [
        (Lang::Zh, ["推迟 2 小时", "立即停止", "打开"]),
        (Lang::En, ["Hold 2 h", "Stop now", "Open"]),
    ] {
        let notice = notice(lang, false, severity, message.clone());
        let told: Vec<&str> = notice
            .actions
            .iter()
            .map(|action| action.label.as_str())
            .collect();
        assert_eq!(told, labels);
        let deeds: Vec<&NoticeDeed> = notice.actions.iter().map(|action| &action.kind).collect();
        let page = NoticePage::Activity { intent: Some(intent) };
        let open = NoticeDeed::Open { page };
        assert_eq!(
            deeds,
            [
                &NoticeDeed::Hold { intent },
                &NoticeDeed::StopNow { intent },
                &open
            ]
        );
        assert_eq!(notice.severity, severity);
        assert_eq!(notice.lang, lang);
    }
}

#[test]
fn what_is_about_one_meter_or_one_server_takes_the_place_of_what_was_told_before() {
    let key = |name: &str| {
        let (severity, message) = sample(name);
        notice(Lang::En, false, severity, message).key
    };
    assert_eq!(key("step_reached_share"), key("step_resolved"));
    assert_eq!(key("step_reached_share"), key("blind"));
    assert_eq!(key("action_planned"), key("action_sent"));
    assert_eq!(key("action_planned"), key("action_verified"));
    assert_ne!(key("step_reached_share"), key("action_planned"));
    assert_ne!(key("program_keychain"), key("program_database"));
}

#[test]
fn every_notice_is_short_and_leaves_out_what_only_a_terminal_can_do() {
    for (name, severity, message) in samples::all() {
        for lang in [Lang::Zh, Lang::En] {
            let notice = notice(lang, false, severity, message.clone());
            assert!(!notice.title.is_empty() && !notice.key.is_empty(), "{name}");
            assert!(
                notice.body.lines().count() <= limits::NOTICE_LINES,
                "{name}: {}",
                notice.body
            );
            assert!(
                notice.body.chars().count() <= limits::NOTICE_CHARS + 1,
                "{name}: {}",
                notice.body
            );
            assert!(!notice.body.contains("tidegated "), "{name}: {}", notice.body);
            assert!(!notice.actions.is_empty(), "{name}");
        }
    }
}

#[test]
fn a_repeat_says_so_first() {
    let screen = Arc::new(Screen::default());
    let (severity, message) = sample("step_reached_share");
    let mut repeated = delivery(severity, message);
    repeated.repeat = true;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime
        .block_on(desktop(Some(&screen), Lang::En, false).deliver(&repeated))
        .unwrap();
    assert!(screen.shown.lock().unwrap()[0].body.starts_with("repeat: "));
}

#[test]
fn the_demonstration_says_that_it_is_one() {
    let (severity, message) = sample("action_verified");
    let zh = notice(Lang::Zh, true, severity, message.clone());
    let en = notice(Lang::En, true, severity, message);
    assert!(zh.simulated && zh.title.starts_with("演示 · "), "{}", zh.title);
    assert!(en.simulated && en.title.starts_with("Demo · "), "{}", en.title);
}

#[test]
fn without_a_desktop_a_message_is_refused_for_good_with_the_next_step() {
    let (severity, message) = sample("blind");
    for (lang, next) in [
        (Lang::Zh, "请在桌面启动"),
        (Lang::En, "start Tidegate on the desktop"),
    ] {
        let refused = deliver(&desktop(None, lang, false), severity, message.clone()).unwrap_err();
        assert_eq!(refused.refusal, Refusal::Permanent);
        assert!(refused.detail.contains(next), "{}", refused.detail);
        assert!(!refused.may_have_arrived);
    }
}

#[test]
fn the_desktop_decides_whether_it_is_tried_again() {
    let screen = Arc::new(Screen::default());
    let again = Refusal::Retry(Duration::from_secs(5));
    *screen.answer.lock().unwrap() = Some(NoticeError {
        refusal: again,
        detail: "no notification service answers".to_owned(),
    });
    let (severity, message) = sample("blind");
    let refused = deliver(&desktop(Some(&screen), Lang::En, false), severity, message).unwrap_err();
    assert_eq!(refused.refusal, again);
    assert_eq!(refused.detail, "no notification service answers");
}

#[test]
fn a_desktop_that_does_not_answer_is_tried_again_and_may_have_shown_it() {
    let screen = Arc::new(Screen {
        silent: true,
        ..Screen::default()
    });
    let (severity, message) = sample("blind");
    let refused = deliver(&desktop(Some(&screen), Lang::En, false), severity, message).unwrap_err();
    assert!(matches!(refused.refusal, Refusal::Retry(_)));
    assert!(refused.may_have_arrived);
}

#[test]
fn a_desktop_has_no_limit_of_its_own_and_keeps_the_pause_it_asked_for() {
    let screen = Arc::new(Screen::default());
    let desktop = desktop(Some(&screen), Lang::En, false);
    let mut pace = Pace::default();
    for _ in 0..200 {
        pace.record(now());
    }
    assert_eq!(desktop.earliest(&pace, now()), now());
    let until = now().plus(Duration::from_secs(30));
    pace.block(until);
    assert_eq!(desktop.earliest(&pace, now()), until);
}
