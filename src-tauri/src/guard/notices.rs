//! Native notices: one per subject, replaced and not piled, grouped when many come at once.
//!
//! Owns how a notice is drawn and what its buttons ask for. Never decides what is told; a notice that the desktop did not
//! take is said so, and the outbox goes on with it. Tested with a real daemon in `tests/tests/desktop.rs`.

use std::collections::BTreeMap;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse, Timeout, Urgency};
use tidegate_api::words::{Lang, Severity};
use tidegate_api::{DesktopNotices, Notice, NoticeDeed, NoticeError, NoticePage, Refusal, Shown};

use crate::tray::Deed;
use tokio::task::AbortHandle;

/// So many subjects stand beside each other; more are told as one.
const BESIDE: usize = 3;
/// A desktop that does not answer this long has no notices for us.
const PATIENCE: Duration = Duration::from_secs(10);
/// A desktop whose service is being started answers soon.
const AGAIN: Duration = Duration::from_secs(60);
/// The subject under which many are told as one.
const GROUP: &str = "group";

/// Shows notices by the desktop's own service.
pub(crate) struct Native {
    deeds: Sender<Deed>,
    shown: Arc<Mutex<Subjects>>,
}

/// Which notice stands for which subject.
#[derive(Default, Debug)]
struct Subjects {
    standing: BTreeMap<String, Standing>,
}

/// A notice on the screen.
#[derive(Debug)]
struct Standing {
    /// As the desktop numbers it.
    number: u32,
    /// Who waits for a click on it. One that was replaced has the number of the other: without an end of its own it would
    /// answer the other's clicks too.
    waiting: AbortHandle,
}

impl Subjects {
    /// Where a subject's notice goes: its own place, or the common one once there are too many.
    fn place(&self, key: &str) -> &'static str {
        let known = self.standing.contains_key(key);
        let others = self.standing.keys().filter(|other| *other != GROUP).count();
        if known || others < BESIDE { "" } else { GROUP }
    }
}

impl Native {
    pub(crate) fn new(deeds: Sender<Deed>) -> Self {
        Self {
            deeds,
            shown: Arc::default(),
        }
    }

    fn built(&self, notice: &Notice, actions: bool) -> (String, Notification) {
        let mut drawn = Notification::new();
        let subjects = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let grouped = subjects.place(&notice.key) == GROUP;
        let place = if grouped { GROUP } else { notice.key.as_str() };
        drawn
            .appname("Tidegate")
            .icon("tidegate")
            .summary(&notice.title)
            .body(&escaped(&body(notice, grouped)))
            .urgency(urgency(notice.severity))
            .hint(Hint::Category("device".to_owned()))
            .timeout(timeout(notice.severity));
        if let Some(standing) = subjects.standing.get(place) {
            drawn.id(standing.number);
        }
        if actions {
            for action in &notice.actions {
                drawn.action(name(&action.kind), &action.label);
            }
            drawn.action("default", open_label(notice.lang));
        }
        (place.to_owned(), drawn)
    }
}

#[async_trait]
impl DesktopNotices for Native {
    async fn show(&self, notice: Notice) -> Result<Shown, NoticeError> {
        let actions = tokio::task::spawn_blocking(|| notify_rust::get_capabilities().unwrap_or_default())
            .await
            .unwrap_or_default()
            .iter()
            .any(|capability| capability == "actions");
        let (place, drawn) = self.built(&notice, actions);
        let showing = tokio::time::timeout(PATIENCE, drawn.show_async()).await;
        let handle = match showing {
            Ok(Ok(handle)) => handle,
            Ok(Err(error)) => return Err(refused(&error.to_string(), notice.lang)),
            Err(_) => return Err(refused("no answer", notice.lang)),
        };
        let number = handle.id();
        self.stands(place, handle, notice);
        Ok(Shown {
            word: format!("notice {number}"),
        })
    }
}

impl Native {
    /// Remembers what stands in a place, and does what is clicked on it until it is closed or replaced.
    fn stands(&self, place: String, handle: NotificationHandle, notice: Notice) {
        let number = handle.id();
        let (deeds, shown, mine) = (self.deeds.clone(), Arc::clone(&self.shown), place.clone());
        let mut subjects = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = tokio::spawn(async move {
            handle
                .wait_for_action_async(|response: &NotificationResponse| answered(response, &notice, &deeds))
                .await;
            let mut subjects = shown.lock().unwrap_or_else(PoisonError::into_inner);
            let own = |standing: &Standing| Some(standing.waiting.id()) == tokio::task::try_id();
            if subjects.standing.get(&mine).is_some_and(own) {
                subjects.standing.remove(&mine);
            }
        });
        let standing = Standing {
            number,
            waiting: waiting.abort_handle(),
        };
        if let Some(replaced) = subjects.standing.insert(place, standing) {
            replaced.waiting.abort();
        }
    }
}

fn answered(response: &NotificationResponse, notice: &Notice, deeds: &Sender<Deed>) {
    let wanted = match response {
        NotificationResponse::Action(action) => action.as_str(),
        // A click beside the buttons.
        NotificationResponse::Default => "open",
        _ => return,
    };
    let deed = notice.actions.iter().find(|action| name(&action.kind) == wanted);
    let deed = deed.map_or(Deed::Open("/".into()), |action| asked(&action.kind));
    let _ = deeds.send(deed);
}

fn asked(deed: &NoticeDeed) -> Deed {
    match deed {
        NoticeDeed::Hold { intent } => Deed::Hold(*intent),
        NoticeDeed::StopNow { intent } => Deed::StopNow(*intent),
        NoticeDeed::Open { page } => Deed::Open(match page {
            NoticePage::Overview => "/".into(),
            NoticePage::Meter { account, meter } => format!(
                "/meters/{}/{}",
                in_path(account.as_str()),
                in_path(meter.as_str())
            )
            .into(),
            NoticePage::Activity { intent: Some(_) } => "/activity/actions".into(),
            NoticePage::Activity { intent: None } => "/activity".into(),
            NoticePage::Renewals => "/renewals".into(),
            NoticePage::Settings => "/settings".into(),
        }),
    }
}

const fn name(deed: &NoticeDeed) -> &'static str {
    match deed {
        NoticeDeed::Hold { .. } => "hold",
        NoticeDeed::StopNow { .. } => "stop_now",
        NoticeDeed::Open { .. } => "open",
    }
}

const fn open_label(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "打开",
        Lang::En => "Open",
    }
}

const fn urgency(severity: Severity) -> Urgency {
    match severity {
        Severity::Info => Urgency::Low,
        Severity::Warning => Urgency::Normal,
        Severity::Critical => Urgency::Critical,
    }
}

/// What must be seen stays until it is closed.
const fn timeout(severity: Severity) -> Timeout {
    match severity {
        Severity::Critical => Timeout::Never,
        _ => Timeout::Default,
    }
}

fn body(notice: &Notice, grouped: bool) -> String {
    match (grouped, notice.lang) {
        (false, _) => notice.body.clone(),
        (true, Lang::Zh) => format!("{}\n还有更多消息，打开 Tidegate 查看。", notice.body),
        (true, Lang::En) => format!("{}\nThere is more: open Tidegate to see it.", notice.body),
    }
}

/// Most desktops read a little markup: what people named must stay text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A name as one part of a page's path: what a provider calls a meter may hold anything.
fn in_path(name: &str) -> String {
    let mut path = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

fn refused(detail: &str, lang: Lang) -> NoticeError {
    let detail = match lang {
        Lang::Zh => format!("桌面没有接收通知（{detail}）；请确认系统的通知服务在运行"),
        Lang::En => {
            format!("the desktop took no notice ({detail}); check that its notification service runs")
        }
    };
    NoticeError {
        refusal: Refusal::Retry(AGAIN),
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fourth_subject_joins_the_group_and_a_known_one_keeps_its_place() {
        let waiting = tokio::spawn(std::future::pending::<()>()).abort_handle();
        let standing = |number| Standing {
            number,
            waiting: waiting.clone(),
        };
        let mut subjects = Subjects::default();
        for (number, key) in (1..).zip(["meter/a/1", "meter/a/2", "meter/a/3"]) {
            assert_eq!(subjects.place(key), "");
            subjects.standing.insert(key.to_owned(), standing(number));
        }
        assert_eq!(subjects.place("meter/a/2"), "");
        assert_eq!(subjects.place("meter/a/4"), GROUP);
        subjects.standing.insert(GROUP.to_owned(), standing(9));
        assert_eq!(subjects.place("meter/a/5"), GROUP);
        subjects.standing.remove("meter/a/1");
        assert_eq!(subjects.place("meter/a/5"), "");
    }

    #[test]
    fn a_notice_opens_the_page_of_what_it_is_about_whatever_its_name() {
        let open = |page| asked(&NoticeDeed::Open { page });
        let meter = NoticePage::Meter {
            account: "hw-main".parse().unwrap(),
            meter: "包/1:a".parse().unwrap(),
        };
        assert_eq!(
            open(meter),
            Deed::Open("/meters/hw-main/%E5%8C%85%2F1%3Aa".into())
        );
        assert_eq!(
            open(NoticePage::Activity { intent: None }),
            Deed::Open("/activity".into())
        );
    }

    #[test]
    fn a_name_is_never_markup() {
        assert_eq!(escaped("<b>a</b> & b"), "&lt;b&gt;a&lt;/b&gt; &amp; b");
    }
}
