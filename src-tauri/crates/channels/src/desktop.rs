//! The channel `desktop`: notices on the screen of whoever sits before it, through the outbox like every other message.
//!
//! Owns which message becomes which notice: its key, its few lines, its buttons. Never shows one: that is done by
//! whoever implements [`DesktopNotices`]. Without one each message is refused for good, so that a critical one goes to
//! the next channel. Tested in `tests/desktop.rs`.

use std::pin::pin;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::{Either, select};
use tidegate_egress::Timer;
use tidegate_guard::ActionKind;
use tidegate_meter::{Lang, Time, Zone};

use crate::catalogue::{Line, sentences};
use crate::page::{Page, clean};
use crate::{
    Channel, Delivered, Delivery, DeliveryError, DesktopNotices, Message, MeterRef, Notice, NoticeAction,
    NoticeDeed, NoticePage, Pace, Refusal, about, limits,
};

/// How notices are told.
#[derive(Clone, Debug)]
pub struct DesktopConfig {
    /// Their language.
    pub lang: Lang,
    /// The zone of their instants.
    pub zone: Zone,
    /// Everything told is made up by the demonstration, and says so.
    pub simulated: bool,
}

/// The desktop as a channel.
pub struct Desktop {
    config: DesktopConfig,
    notices: Option<Arc<dyn DesktopNotices>>,
    timer: Arc<dyn Timer>,
}

impl Desktop {
    /// Through `notices`; with `None` every message is refused.
    #[must_use]
    pub fn new(
        config: DesktopConfig,
        notices: Option<Arc<dyn DesktopNotices>>,
        timer: Arc<dyn Timer>,
    ) -> Self {
        Self {
            config,
            notices,
            timer,
        }
    }

    fn notice(&self, delivery: &Delivery) -> Notice {
        let (lang, zone) = (self.config.lang, &self.config.zone);
        let page = Page::of(delivery, None, lang, zone, self.timer.now().wall);
        let title = if self.config.simulated {
            sentences::NOTICE_DEMO.say(lang, &[("title", &page.title)])
        } else {
            page.title
        };
        let repeat = delivery.repeat.then(|| sentences::REPEAT.of(lang).to_owned());
        Notice {
            key: key(&delivery.message),
            title,
            body: body(&page.lines, repeat),
            severity: delivery.severity,
            actions: actions(&delivery.message, lang),
            lang,
            simulated: self.config.simulated,
        }
    }
}

#[async_trait]
impl Channel for Desktop {
    fn kind(&self) -> &'static str {
        "desktop"
    }

    fn earliest(&self, pace: &Pace, now: Time) -> Time {
        pace.earliest(&[], now)
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Delivered, DeliveryError> {
        let lang = self.config.lang;
        let Some(notices) = &self.notices else {
            return Err(failed(
                Refusal::Permanent,
                sentences::DESKTOP_ABSENT.of(lang),
                false,
            ));
        };
        let shown = notices.show(self.notice(delivery));
        match select(pin!(shown), pin!(self.timer.sleep(limits::NOTICE_WAIT))).await {
            Either::Left((Ok(shown), _)) => Ok(Delivered {
                at: self.timer.now().wall,
                word: clean(&shown.word, limits::QUOTE_CHARS),
                sends: 1,
            }),
            Either::Left((Err(error), _)) => Err(failed(error.refusal, &error.detail, false)),
            Either::Right(_) => {
                let again = Refusal::Retry(limits::RETRY_TRANSIENT);
                Err(failed(again, sentences::DESKTOP_SILENT.of(lang), true))
            }
        }
    }
}

fn failed(refusal: Refusal, detail: &str, may_have_arrived: bool) -> DeliveryError {
    DeliveryError {
        refusal,
        detail: clean(detail, limits::LINE_CHARS),
        may_have_arrived,
        sends: 1,
    }
}

/// What a message is about: a later one about the same takes the earlier one's place.
fn key(message: &Message) -> String {
    if let Some(meter) = meter_of(message) {
        return format!("meter/{}/{}", meter.account, meter.meter);
    }
    if let Some(action) = about::action(message) {
        return format!("action/{}/{}", action.account, action.target.id);
    }
    match message {
        Message::OpenedAgain { opened } => format!("action/{}/{}", opened.account, opened.target.id),
        Message::RenewalDue { renewal, .. } | Message::RenewalSettled { renewal, .. } => {
            format!("renewal/{}", renewal.id)
        }
        Message::Lapse { .. } => "lapse".to_owned(),
        Message::Program { condition, .. } => format!("program/{condition}"),
        Message::Test { .. } => "test".to_owned(),
        Message::Report { report } => format!("report/{}", report.kind.name()),
        Message::Mail { mailbox, mail } => format!("mail/{}/{}", mailbox.id, mail.received),
        Message::MailDigest { mailbox, .. } => format!("digest/{}", mailbox.id),
        Message::MailsUnreadable { mailbox, .. } => format!("mails/{}", mailbox.id),
        Message::MailboxUnread { mailbox, .. } | Message::MailboxRead { mailbox, .. } => {
            format!("mailbox/{}", mailbox.id)
        }
        Message::Leak { leak } => format!("leak/{}", leak.account),
        Message::LeakResolved { account, .. } => format!("leak/{account}"),
        _ => "group".to_owned(),
    }
}

/// The meter of a message that is about nothing else.
fn meter_of(message: &Message) -> Option<&MeterRef> {
    about::meter(message).filter(|_| about::action(message).is_none())
}

/// A few lines. What only a terminal can do is left out: the notice has buttons, and the window the rest.
fn body(lines: &[Line], repeat: Option<String>) -> String {
    let told = lines.iter().map(Line::to_string);
    let told = told.filter(|line| !line.contains("tidegated "));
    let told: Vec<String> = repeat
        .into_iter()
        .chain(told)
        .take(limits::NOTICE_LINES)
        .collect();
    let mut body = told.join("\n");
    if let Some((end, _)) = body.char_indices().nth(limits::NOTICE_CHARS) {
        body.truncate(end);
        body.push('…');
    }
    body
}

fn actions(message: &Message, lang: Lang) -> Vec<NoticeAction> {
    let mut actions = Vec::new();
    if let Message::ActionPlanned { action, .. } = message {
        let intent = action.intent;
        actions.push(NoticeAction {
            kind: NoticeDeed::Hold { intent },
            label: sentences::NOTICE_HOLD.of(lang).to_owned(),
        });
        let now = match action.action {
            ActionKind::Start => sentences::NOTICE_START_NOW,
            ActionKind::Stop | ActionKind::Warn => sentences::NOTICE_STOP_NOW,
        };
        actions.push(NoticeAction {
            kind: NoticeDeed::StopNow { intent },
            label: now.of(lang).to_owned(),
        });
    }
    actions.push(NoticeAction {
        kind: NoticeDeed::Open { page: page(message) },
        label: sentences::NOTICE_OPEN.of(lang).to_owned(),
    });
    actions
}

fn page(message: &Message) -> NoticePage {
    if let Some(meter) = meter_of(message) {
        return NoticePage::Meter {
            account: meter.account.clone(),
            meter: meter.meter.clone(),
        };
    }
    if let Some(action) = about::action(message) {
        return NoticePage::Activity {
            intent: Some(action.intent),
        };
    }
    match message {
        Message::RenewalDue { .. } | Message::RenewalSettled { .. } => NoticePage::Renewals,
        Message::Lapse { .. } => NoticePage::Activity { intent: None },
        Message::Program { .. } | Message::Test { .. } => NoticePage::Settings,
        _ => NoticePage::Overview,
    }
}
