//! Native notices: one per subject, replaced and not piled, grouped when many come at once.
//!
//! Owns how a notice is drawn and what its buttons ask for. Never decides what is told; a notice that the desktop did not
//! take is said so, and the outbox goes on with it. Tested with a real daemon in `tests/tests/desktop.rs`.

use std::collections::BTreeMap;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use notify_rust::{Hint, Notification, NotificationResponse, Timeout, Urgency};
use tidegate_api::words::{Lang, Severity};
use tidegate_api::{DesktopNotices, Notice, NoticeDeed, NoticeError, Refusal, Shown};

use crate::tray::Deed;

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

/// Which notice stands for which subject, as the desktop numbers them.
#[derive(Default, Debug)]
struct Subjects {
    numbers: BTreeMap<String, u32>,
}

impl Subjects {
    /// Where a subject's notice goes: its own place, or the common one once there are too many.
    fn place(&self, key: &str) -> &'static str {
        let known = self.numbers.contains_key(key);
        let others = self.numbers.keys().filter(|other| *other != GROUP).count();
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
        if let Some(number) = subjects.numbers.get(place) {
            drawn.id(*number);
        }
        if actions {
            for action in &notice.actions {
                if let Some((name, _)) = asked(&action.kind) {
                    drawn.action(name, &action.label);
                }
            }
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
        let subjects = Arc::clone(&self.shown);
        subjects
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .numbers
            .insert(place.clone(), number);
        let deeds = self.deeds.clone();
        tokio::spawn(async move {
            handle
                .wait_for_action_async(|response: &NotificationResponse| answered(response, &notice, &deeds))
                .await;
            let mut subjects = subjects.lock().unwrap_or_else(PoisonError::into_inner);
            if subjects.numbers.get(&place) == Some(&number) {
                subjects.numbers.remove(&place);
            }
        });
        Ok(Shown {
            word: format!("notice {number}"),
        })
    }
}

fn answered(response: &NotificationResponse, notice: &Notice, deeds: &Sender<Deed>) {
    let NotificationResponse::Action(wanted) = response else {
        return;
    };
    let mut offered = notice.actions.iter().filter_map(|action| asked(&action.kind));
    if let Some((_, deed)) = offered.find(|(name, _)| name == wanted) {
        let _ = deeds.send(deed);
    }
}

/// The button's name and what it asks for. What opens a page has no button while there is no window.
const fn asked(deed: &NoticeDeed) -> Option<(&'static str, Deed)> {
    match deed {
        NoticeDeed::Hold { intent } => Some(("hold", Deed::Hold(*intent))),
        NoticeDeed::StopNow { intent } => Some(("stop_now", Deed::StopNow(*intent))),
        NoticeDeed::Open { .. } => None,
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
        (true, Lang::Zh) => format!("{}\n还有更多消息，用 `tidegated guards` 查看。", notice.body),
        (true, Lang::En) => format!("{}\nThere is more: `tidegated guards` tells all.", notice.body),
    }
}

/// Most desktops read a little markup: what people named must stay text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
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

    #[test]
    fn a_fourth_subject_joins_the_group_and_a_known_one_keeps_its_place() {
        let mut subjects = Subjects::default();
        for (number, key) in ["meter/a/1", "meter/a/2", "meter/a/3"].into_iter().enumerate() {
            assert_eq!(subjects.place(key), "");
            subjects
                .numbers
                .insert(key.to_owned(), u32::try_from(number).unwrap());
        }
        assert_eq!(subjects.place("meter/a/2"), "");
        assert_eq!(subjects.place("meter/a/4"), GROUP);
        subjects.numbers.insert(GROUP.to_owned(), 9);
        assert_eq!(subjects.place("meter/a/5"), GROUP);
        subjects.numbers.remove("meter/a/1");
        assert_eq!(subjects.place("meter/a/5"), "");
    }

    #[test]
    fn a_name_is_never_markup() {
        assert_eq!(escaped("<b>a</b> & b"), "&lt;b&gt;a&lt;/b&gt; &amp; b");
    }
}
