//! The loop of the mailboxes, in virtual time, over boxes that say what the test wants.

#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is a failed test"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::kit::{
    self, FakeBox, FakeOutside, TestTimer, TestVault, channel, find, mailbox_config, start, store_options,
};
use tidegate_channels::{Channel, Message};
use tidegate_egress::Timer;
use tidegate_engine::config::{AccountConfig, ChannelConfig, Config, MailboxConfig};
use tidegate_engine::{AccountSecrets, Engine, Links, MakeError, Outside};
use tidegate_meter::{ChannelId, MailKind, Reason};
use tidegate_providers::mailbox::{Certainty, Find, MailSource, Position};
use tidegate_providers::{ProviderError, ProviderErrorKind};
use tidegate_store::{Faults, FindingFilter, Store};
use tidegate_vault::Fields;

/// The kit's outside, with one mailbox.
struct WithMail {
    rest: Arc<FakeOutside>,
    mailbox: Arc<FakeBox>,
}

impl Outside for WithMail {
    fn account(&self, config: &AccountConfig, secrets: AccountSecrets) -> Result<Links, MakeError> {
        self.rest.account(config, secrets)
    }

    fn channel(&self, config: &ChannelConfig, secrets: Fields) -> Result<Arc<dyn Channel>, MakeError> {
        self.rest.channel(config, secrets)
    }

    fn mailbox(&self, _config: &MailboxConfig, _secrets: Fields) -> Result<Arc<dyn MailSource>, MakeError> {
        Ok(Arc::clone(&self.mailbox) as Arc<dyn MailSource>)
    }
}

/// A running engine with one mailbox and one channel.
struct Post {
    engine: Engine,
    mailbox: Arc<FakeBox>,
    outside: Arc<FakeOutside>,
    faults: Faults,
    timer: Arc<TestTimer>,
}

impl Post {
    async fn running(answers: Vec<Result<Vec<Find>, ProviderError>>) -> Self {
        let timer = TestTimer::new(start());
        let outside = Arc::new(FakeOutside {
            clouds: Mutex::default(),
            sinks: Mutex::default(),
            timer: Arc::clone(&timer),
        });
        let faults = Faults::default();
        let mut options = store_options(None, &timer, "one");
        options.faults = faults.clone();
        let store = Store::open(options).unwrap();
        let mailbox = Arc::new(FakeBox {
            answers: Mutex::new(answers.into()),
            ..FakeBox::default()
        });
        let mut parts = kit::parts(store, &outside, &Arc::new(TestVault::default()), &timer);
        parts.options.outside = Some(Arc::new(WithMail {
            rest: Arc::clone(&outside),
            mailbox: Arc::clone(&mailbox),
        }));
        let engine = Engine::open(parts).await.unwrap();
        let config = Config {
            channels: vec![channel("ops")],
            mailboxes: vec![mailbox_config()],
            ..Config::default()
        };
        engine.configure(config, "test").await.unwrap();
        engine.run().await.unwrap();
        let post = Self {
            engine,
            mailbox,
            outside,
            faults,
            timer,
        };
        post.pass(1).await;
        post
    }

    async fn pass(&self, seconds: u64) {
        self.timer.sleep(Duration::from_secs(seconds)).await;
    }

    fn told(&self) -> Vec<Message> {
        let sinks = self.outside.sinks.lock().unwrap();
        sinks
            .get(&ChannelId::new("ops").unwrap())
            .map(|sink| sink.messages())
            .unwrap_or_default()
    }

    fn count(&self, is: impl Fn(&Message) -> bool) -> usize {
        self.told().iter().filter(|message| is(message)).count()
    }

    fn looks(&self) -> usize {
        self.mailbox.asked.lock().unwrap().len()
    }

    async fn found(&self) -> usize {
        let filter = FindingFilter {
            limit: 100,
            ..FindingFilter::default()
        };
        self.engine.findings(filter).await.unwrap().len()
    }

    async fn conditions(&self) -> Vec<String> {
        let status = self.engine.status().await;
        status.conditions.into_iter().map(|(name, _)| name).collect()
    }
}

fn sure(uid: u32) -> Find {
    find(uid, Certainty::Sure, MailKind::LowBalance)
}

fn failed(reason: Reason) -> ProviderError {
    ProviderError {
        kind: ProviderErrorKind::Blind(reason),
        detail: "it says no".to_owned(),
        retry_after: None,
    }
}

const fn is_hit(message: &Message) -> bool {
    matches!(message, Message::Mail { .. })
}

const fn is_unread(message: &Message) -> bool {
    matches!(message, Message::MailboxUnread { .. })
}

const fn is_read(message: &Message) -> bool {
    matches!(message, Message::MailboxRead { .. })
}

#[tokio::test(start_paused = true)]
async fn a_find_is_told_at_once_and_the_next_look_goes_on_behind_it() {
    let post = Post::running(vec![Ok(vec![sure(4), sure(5)])]).await;
    post.pass(10).await;
    assert_eq!((post.count(is_hit), post.found().await), (2, 2));
    post.pass(1000).await;
    let asked = post.mailbox.asked.lock().unwrap().clone();
    assert_eq!((asked[1].uid_validity, asked[1].last_uid), (7, 5));
    assert_eq!(post.count(is_hit), 2);
}

#[tokio::test(start_paused = true)]
async fn looks_keep_their_interval() {
    let post = Post::running(Vec::new()).await;
    post.pass(3600).await;
    assert!(
        (4..=5).contains(&post.looks()),
        "{} looks in an hour",
        post.looks()
    );
}

#[tokio::test(start_paused = true)]
async fn the_same_mail_under_new_numbers_is_not_told_again() {
    let again = Find { uid: 90, ..sure(4) };
    let post = Post::running(vec![Ok(vec![sure(4)]), Ok(vec![again, sure(91)])]).await;
    *post.mailbox.validity.lock().unwrap() = 1;
    post.pass(1000).await;
    assert_eq!((post.count(is_hit), post.found().await), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_receipt_is_kept_and_wakes_nobody() {
    let post = Post::running(vec![Ok(vec![find(1, Certainty::Sure, MailKind::Receipt)])]).await;
    post.pass(10).await;
    assert_eq!((post.told().len(), post.found().await), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn possible_mails_are_told_together_in_the_morning() {
    let possible = |uid| find(uid, Certainty::Possible, MailKind::Expiring);
    let post = Post::running(vec![Ok(vec![possible(1), possible(2)]), Ok(vec![possible(3)])]).await;
    // The story begins at midnight; the kit's zone is UTC.
    post.pass(8 * 3600).await;
    assert_eq!((post.told().len(), post.found().await), (0, 3));
    post.pass(2 * 3600).await;
    let digests: Vec<u32> = post
        .told()
        .iter()
        .filter_map(|message| match message {
            Message::MailDigest { count, .. } => Some(*count),
            _ => None,
        })
        .collect();
    assert_eq!(digests, [3]);
    post.pass(24 * 3600).await;
    assert_eq!(post.told().len(), 1, "nothing new, nothing told");
}

#[tokio::test(start_paused = true)]
async fn a_box_that_fails_is_told_after_three_looks_and_once_it_works_again() {
    let broken = || Err(failed(Reason::Transient));
    let post = Post::running(vec![broken(), broken(), broken(), broken(), Ok(vec![sure(1)])]).await;
    post.pass(1200).await;
    assert_eq!(post.count(is_unread), 0);
    post.pass(1200).await;
    assert_eq!(post.count(is_unread), 1);
    assert_eq!(post.conditions().await, ["mailbox_unread:work"]);
    post.pass(2400).await;
    assert_eq!(
        (post.count(is_unread), post.count(is_read), post.count(is_hit)),
        (1, 1, 1)
    );
    assert!(post.conditions().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn mails_that_were_passed_over_are_told_once_and_leave_nothing_open() {
    let post = Post::running(Vec::new()).await;
    *post.mailbox.unreadable.lock().unwrap() = 2;
    post.pass(3600).await;
    let told = |message: &Message| matches!(message, Message::MailsUnreadable { count: 2, .. });
    assert_eq!((post.count(told), post.told().len()), (1, 1));
    assert!(post.conditions().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refused_login_is_told_at_once_and_rests_longer_each_time() {
    let refused = || Err(failed(Reason::Auth));
    let post = Post::running((0..20).map(|_| refused()).collect()).await;
    post.pass(5).await;
    assert_eq!((post.count(is_unread), post.looks()), (1, 1));
    // 15 min, then 30, then an hour, …: in a day a handful of tries, not a hundred.
    post.pass(24 * 3600).await;
    assert!(
        (6..=9).contains(&post.looks()),
        "{} logins in a day",
        post.looks()
    );
    assert_eq!(post.count(is_unread), 1);
}

#[tokio::test(start_paused = true)]
async fn a_box_that_is_removed_leaves_no_alert() {
    let post = Post::running(vec![Err(failed(Reason::Auth))]).await;
    post.pass(5).await;
    assert_eq!(post.conditions().await, ["mailbox_unread:work"]);
    let without = Config {
        channels: vec![channel("ops")],
        ..Config::default()
    };
    post.engine.configure(without, "test").await.unwrap();
    post.pass(5).await;
    assert!(post.conditions().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_look_that_cannot_be_stored_happens_again_and_is_told_once() {
    let post = Post::running(Vec::new()).await;
    let finds = || Ok(vec![sure(1)]);
    post.mailbox.answers.lock().unwrap().extend([finds(), finds()]);
    post.faults.limit_pages(Some(1));
    post.pass(1000).await;
    assert_eq!((post.looks(), post.found().await), (2, 0));
    post.faults.limit_pages(None);
    post.pass(1000).await;
    assert_eq!((post.count(is_hit), post.found().await), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_changed_folder_starts_over() {
    let post = Post::running(vec![Ok(vec![sure(4)])]).await;
    let moved = MailboxConfig {
        folder: "Bills".to_owned(),
        ..mailbox_config()
    };
    let config = Config {
        channels: vec![channel("ops")],
        mailboxes: vec![moved],
        ..Config::default()
    };
    post.engine.configure(config, "test").await.unwrap();
    post.pass(5).await;
    let asked = post.mailbox.asked.lock().unwrap().clone();
    assert_eq!(asked.last(), Some(&Position::default()));
}

#[tokio::test(start_paused = true)]
async fn a_try_stores_nothing_and_tells_nobody() {
    let post = Post::running(Vec::new()).await;
    post.mailbox.answers.lock().unwrap().push_back(Ok(vec![sure(1)]));
    let trial = post.engine.try_mailbox(&mailbox_config(), Fields::new()).await;
    assert_eq!((trial.looked_at, trial.findings.len(), trial.blind), (1, 1, None));
    post.pass(10).await;
    assert_eq!((post.told().len(), post.found().await), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_cannot_stand_is_refused_by_its_field() {
    let post = Post::running(Vec::new()).await;
    let bad = MailboxConfig {
        extra: vec![" ".to_owned()],
        ..mailbox_config()
    };
    let config = Config {
        mailboxes: vec![bad],
        ..Config::default()
    };
    let refused = post.engine.configure(config, "test").await.unwrap_err();
    assert!(
        refused.to_string().starts_with("mailbox work: extra:"),
        "{refused}"
    );
}
