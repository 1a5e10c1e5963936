//! What people read: every message in both languages, as the card and as the text that Feishu is sent; the sentences of
//! guards; and that no message claims more than it proves.

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

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use samples::{DAY, ago, ahead, gib, why};
use serde_json::Value;
use support::{Script, code, delivery, feishu, now, ok, zone};
use tidegate_channels::{Asked, Channel as _, Delivery, Message, catalogue, limits};
use tidegate_guard::{ActionKind, Belt, Contract, Forecast, Limit, PowerState, RunOut, Severity, Why};
use tidegate_meter::{ByteBase, Lang, Quantity, Reason, Unit};

const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

/// The card and, after it was refused, the text, both as they were sent.
fn forms(delivery: &Delivery, lang: Lang, keyword: Option<&str>) -> (Value, Value, usize) {
    let script = Script::new([code(11310, "card"), ok()]);
    let bot = feishu(&script, lang, keyword, Some(support::SECRET));
    block_on(bot.deliver(delivery)).unwrap();
    let bodies = script.bodies();
    let largest = script
        .sent
        .lock()
        .unwrap()
        .iter()
        .map(|request| request.body.len())
        .max()
        .unwrap();
    (bodies[0].clone(), bodies[1].clone(), largest)
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(work)
}

fn text_of(body: &Value) -> &str {
    body["content"]["text"].as_str().unwrap()
}

fn told(delivery: &Delivery, lang: Lang) -> String {
    let (card, text, _) = forms(delivery, lang, None);
    format!("{}\n{}", card["card"], text_of(&text))
}

#[test]
fn every_message_is_told_in_both_languages() {
    for (name, severity, message) in samples::all() {
        let delivery = delivery(severity, message);
        let mut page = String::new();
        for lang in LANGS {
            let (card, text, _) = forms(&delivery, lang, None);
            let card = serde_json::to_string_pretty(&card["card"]).unwrap();
            page.push_str(&format!("{}\n\n{card}\n\n", text_of(&text)));
        }
        insta::assert_snapshot!(name, page);
    }
}

#[test]
fn every_message_has_a_sample() {
    let all = samples::all();
    let sampled: BTreeSet<_> = all
        .iter()
        .map(|(_, _, message)| samples::code_of(message))
        .collect();
    assert_eq!(sampled, samples::CODES.into_iter().collect());
}

#[test]
fn a_repeat_says_so_and_the_keyword_is_there_in_both_forms() {
    let mut delivery = delivery(
        Severity::Info,
        Message::Test {
            channel: "ops".to_owned(),
        },
    );
    delivery.repeat = true;
    for (lang, word) in [(Lang::Zh, "重复投递"), (Lang::En, "repeat")] {
        let (card, text, _) = forms(&delivery, lang, Some("潮闸告警"));
        for body in [card["card"].to_string(), text_of(&text).to_owned()] {
            assert!(body.contains(word) && body.contains("潮闸告警"), "{body}");
            assert!(body.contains(&delivery.id.short()), "{body}");
        }
    }
}

#[test]
fn colours_follow_the_meaning() {
    let colour = |severity, message: &Message| {
        let (card, _, _) = forms(&delivery(severity, message.clone()), Lang::En, None);
        card["card"]["header"]["template"].as_str().unwrap().to_owned()
    };
    for (_, severity, message) in samples::all() {
        let given_up = matches!(&message, Message::ActionUnknown { given_up: true, .. });
        let expected = match samples::code_of(&message) {
            "action_planned" | "action_sent" | "action_unknown" if !given_up => "violet",
            "action_verified" | "step_resolved" | "blind_resolved" | "renewal_settled" | "mailbox_read"
            | "leak_resolved" => "green",
            // The calm report's; of one that tells of trouble the worst of it.
            "report" => continue,
            _ => match severity {
                Severity::Info => "blue",
                Severity::Warning => "orange",
                Severity::Critical => "red",
            },
        };
        assert_eq!(colour(severity, &message), expected);
    }
}

/// Words of an outcome. The phrases of its absence are taken out first.
fn claims(text: &str) -> bool {
    let text = text
        .replace("not yet confirmed", "")
        .replace("尚未确认", "")
        .to_lowercase();
    [
        "stopped",
        "disabled",
        "confirmed",
        "restored",
        "已停止",
        "已停用",
        "已启动",
        "已确认",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// The message with each sentence of a guard that it could carry.
fn with_why(message: Message, why: &Why) -> Message {
    let boxed = Box::new(why.clone());
    match message {
        Message::StepReached {
            meter, step, facts, ..
        } => Message::StepReached {
            meter,
            step,
            facts,
            why: boxed,
        },
        Message::ActionCancelled {
            action, by, asked, ..
        } => Message::ActionCancelled {
            action,
            by,
            why: Some(boxed),
            asked,
        },
        other => other,
    }
}

#[test]
fn only_a_proof_claims_an_outcome() {
    let mut whys: Vec<Why> = samples::belts()
        .into_iter()
        .map(|belt| Why {
            over: true,
            belts: vec![belt],
            ..why()
        })
        .collect();
    whys.extend(samples::STATES.map(|state| Why {
        acting: Some((state, ahead(30))),
        ..why()
    }));
    whys.extend(Reason::ALL.map(|reason| Why {
        blind: Some((reason, ago(60))),
        ..why()
    }));
    for (name, severity, message) in samples::all() {
        for lang in LANGS {
            // What a report says of its actions is tested in `report.rs`.
            if matches!(message, Message::ActionVerified { .. } | Message::Report { .. }) {
                continue;
            }
            for why in &whys {
                let text = told(&delivery(severity, with_why(message.clone(), why)), lang);
                assert!(!claims(&text), "{name}: {text}");
                if !matches!(
                    message,
                    Message::StepReached { .. } | Message::ActionCancelled { .. }
                ) {
                    break;
                }
            }
        }
    }
}

#[test]
fn a_proof_of_another_state_does_not_claim_the_wanted_one() {
    let other = PowerState::Other {
        word: "SHELVED".to_owned(),
    };
    for after in [PowerState::Running, PowerState::Stopping, PowerState::Gone, other] {
        let message = Message::ActionVerified {
            action: samples::action(ActionKind::Stop),
            proof: samples::proof(after),
            took: Duration::from_secs(3),
            asked: Asked::Never,
        };
        for lang in LANGS {
            let title = catalogue::title(&message, lang);
            assert!(!title.contains("stopped") && !title.contains("已停止"), "{title}");
        }
    }
}

/// What is awaited before a forecast can be told: time, changes, samples.
fn awaited() -> Vec<Why> {
    let accumulating = |samples, changes| {
        Some(Forecast::Accumulating {
            samples,
            needed: samples.max(5) + 1,
            span: Duration::from_secs(3 * 3600),
            span_needed: Duration::from_secs(2 * 3600),
            changes,
            changes_needed: 3,
        })
    };
    vec![
        why(),
        Why {
            forecast: accumulating(36, 1),
            ..why()
        },
        Why {
            forecast: accumulating(5, 3),
            ..why()
        },
    ]
}

fn over() -> Why {
    Why {
        over: true,
        distance: Some(gib(-2)),
        headroom: Some(gib(8)),
        ..why()
    }
}

/// Guards that have nothing to act with.
fn warners() -> [Why; 2] {
    [
        Why {
            belts: vec![Belt::NoAction, Belt::Watch, Belt::NoTarget],
            limit: None,
            distance: None,
            ..why()
        },
        Why {
            belts: vec![Belt::NoAction, Belt::Watch],
            ..over()
        },
    ]
}

/// A guard in each of its situations.
fn situations() -> Vec<Why> {
    let known = |early, likely, late| {
        Some(Forecast::Known {
            samples: 9,
            hourly: gib(1),
            hourly_upper: gib(2),
            run_out: RunOut { early, likely, late },
        })
    };
    let days = |count: u64| Some(ahead(count * DAY));
    let mut whys = awaited();
    whys.extend(warners());
    whys.extend([
        Why {
            belts: Vec::new(),
            forecast: known(days(3), days(4), days(5)),
            ..why()
        },
        Why {
            forecast: known(days(3), days(6), None),
            ..why()
        },
        Why {
            forecast: known(None, None, None),
            ..why()
        },
        Why {
            forecast: known(
                Some(ahead(3 * 3600)),
                Some(ahead(4 * 3600)),
                Some(ahead(9 * 3600)),
            ),
            ..why()
        },
        Why {
            forecast: known(Some(ahead(600)), Some(ahead(900)), Some(ahead(3000))),
            ..why()
        },
        Why {
            forecast: known(Some(ago(5)), Some(ahead(10)), Some(ahead(90))),
            ..why()
        },
        Why {
            belts: Vec::new(),
            forecast: None,
            ..over()
        },
        Why {
            belts: samples::belts().into_iter().take(7).collect(),
            forecast: None,
            ..over()
        },
    ]);
    whys.extend(lines());
    whys.extend(samples::STATES.map(|state| Why {
        acting: Some((state, ahead(30))),
        forecast: None,
        ..over()
    }));
    whys.extend(Reason::ALL.map(|reason| Why {
        blind: Some((reason, ago(7300))),
        forecast: None,
        ..over()
    }));
    whys
}

/// A guard with each kind of line.
fn lines() -> Vec<Why> {
    let percent = Quantity::parse("98", Unit::Percent).unwrap();
    vec![
        Why {
            limit: Some(Limit::Share(percent)),
            distance: None,
            forecast: None,
            ..why()
        },
        Why {
            limit: Some(Limit::Predictive { reserve: gib(5) }),
            distance: Some(gib(1)),
            lower_bound: Some(gib(6)),
            forecast: None,
            ..why()
        },
        Why {
            limit: Some(Limit::Predictive { reserve: gib(5) }),
            distance: Some(Quantity::bytes(-1 << 30)),
            lower_bound: Some(gib(4)),
            forecast: None,
            lasts: true,
            ..why()
        },
        Why {
            headroom: None,
            limit: None,
            distance: None,
            forecast: None,
            ..why()
        },
    ]
}

#[test]
fn the_sentence_of_a_guard() {
    let whys = situations();
    let mut page = String::new();
    for why in &whys {
        for lang in LANGS {
            page.push_str(&catalogue::why(why, ByteBase::Binary, lang, &zone(), now()));
            page.push('\n');
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn whoever_can_never_act_is_not_advised_to_be_armed() {
    let reached = |belts: Vec<Belt>| Message::StepReached {
        meter: samples::meter(),
        step: "85%".to_owned(),
        facts: samples::facts(),
        why: Box::new(Why { belts, ..why() }),
    };
    for lang in LANGS {
        let text = |belts| told(&delivery(Severity::Warning, reached(belts)), lang);
        assert!(text(vec![Belt::Watch]).contains("tidegated arm"));
        let warns = text(vec![Belt::NoAction, Belt::Watch]);
        assert!(!warns.contains("tidegated arm"), "{warns}");
    }
}

#[test]
fn every_belt_is_told() {
    let mut page = String::new();
    for belt in samples::belts() {
        for lang in LANGS {
            page.push_str(&catalogue::belt(&belt, lang, &zone(), now()));
            page.push('\n');
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn the_contract_is_told() {
    let contract = |overshoot, reserve_advised| Contract {
        overshoot,
        reserve_advised,
        lag: Duration::from_secs(1800),
        measured: true,
        interval: Duration::from_secs(300),
        countdown: Duration::from_secs(60),
        stop_latency: Duration::from_secs(90),
    };
    let overshoot = Quantity::bytes(2_800_000_000);
    let bound = contract(Some(overshoot), Some(Quantity::bytes(3_000_000_000)));
    let text = |contract: &Contract, lang| catalogue::contract(contract, ByteBase::Decimal, lang);
    assert!(text(&bound, Lang::En).starts_with("can overshoot by at most 2.8 GB"));
    assert!(text(&bound, Lang::Zh).starts_with("最多可能超出 2.8 GB"));
    let assumed = Contract {
        measured: false,
        ..bound
    };
    assert!(text(&assumed, Lang::En).contains("which is not measured yet"));
    assert!(text(&assumed, Lang::Zh).contains("尚未测得"));
    assert!(!text(&bound, Lang::En).contains("measured"));
    for lang in LANGS {
        let unbound = text(&contract(None, None), lang);
        assert!(
            !unbound.contains('0') || unbound.contains("30"),
            "no number stands for what is not known: {unbound}"
        );
        assert!(!unbound.contains("GB"), "{unbound}");
    }
}

#[test]
fn spans_and_states_are_words() {
    let span = |seconds, lang| catalogue::span(Duration::from_secs(seconds), lang);
    for (seconds, zh, en) in [
        (0, "0 秒", "0 seconds"),
        (1, "1 秒", "1 second"),
        (61, "1 分钟 1 秒", "1 minute 1 second"),
        (3_600, "1 小时", "1 hour"),
        (5_400, "1 小时 30 分钟", "1 hour 30 minutes"),
        (12 * 3_600 + 1_800, "12 小时", "12 hours"),
        (3 * DAY + 4 * 3_600, "3 天 4 小时", "3 days 4 hours"),
        (30 * DAY + 5 * 3_600, "30 天", "30 days"),
    ] {
        assert_eq!(
            (span(seconds, Lang::Zh).as_str(), span(seconds, Lang::En).as_str()),
            (zh, en)
        );
    }
    for lang in LANGS {
        let states: BTreeSet<_> = samples::STATES
            .iter()
            .map(|state| catalogue::intent_state(*state, lang))
            .collect();
        assert_eq!(states.len(), samples::STATES.len());
        let reasons: BTreeSet<_> = Reason::ALL
            .iter()
            .map(|reason| catalogue::blind_reason(*reason, lang))
            .collect();
        assert_eq!(reasons.len(), Reason::ALL.len());
    }
}

fn grouped(names: &[String]) -> Delivery {
    let messages = names.iter().map(|name| {
        let mut meter = samples::meter();
        meter.meter_name.clone_from(name);
        Message::BlindResolved {
            meter,
            reason: Reason::Rate,
            since: ago(600),
        }
    });
    delivery(
        Severity::Critical,
        Message::Group {
            messages: messages.collect(),
        },
    )
}

#[test]
fn two_hundred_long_lines_are_cut_and_counted() {
    let names: Vec<String> = (0..200)
        .map(|n| format!("{n}-{}", "流*量<包>".repeat(40)))
        .collect();
    for lang in LANGS {
        let (card, text, largest) = forms(&grouped(&names), lang, Some("关键词"));
        assert!(largest <= limits::FEISHU_BODY_BYTES, "{largest}");
        for shown in [
            card["card"]["elements"][0]["content"].as_str().unwrap(),
            text_of(&text),
        ] {
            let lines = shown.lines().filter(|line| line.starts_with('•')).count();
            let more = shown
                .lines()
                .find(|line| line.starts_with('…'))
                .expect("the rest is counted");
            assert!(more.contains(&(200 - lines).to_string()), "{lines} shown, {more}");
            assert!(lines > 0);
        }
        assert!(text_of(&text).ends_with("关键词"), "the footer is never cut");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_group_is_larger_than_the_platform_takes(
        names in proptest::collection::vec(any::<String>(), 0..200),
        long in "\\PC{0,600}",
    ) {
        let names: Vec<String> = names.into_iter().map(|name| name + &long).collect();
        let (_, _, largest) = forms(&grouped(&names), Lang::Zh, Some(&long));
        prop_assert!(largest <= limits::FEISHU_BODY_BYTES);
    }

    #[test]
    fn a_name_from_outside_is_never_a_mark(name in "[\\*_~\\[\\]()<>&`#:/a-z@\\n\u{202e}]{1,40}") {
        let mut meter = samples::meter();
        meter.account_name = name;
        let message = Message::BlindResolved { meter, reason: Reason::Rate, since: ago(600) };
        let (card, text, _) = forms(&delivery(Severity::Info, message), Lang::En, None);
        let content = card["card"]["elements"][0]["content"].as_str().unwrap();
        let value = content.lines().next().unwrap().strip_prefix("**Account**: ").unwrap();
        prop_assert!(!value.contains(['*', '_', '~', '[', ']', '<', '>', '`', '@', '\u{202e}']), "{}", value);
        prop_assert!(!value.contains("://"));
        prop_assert!(!text_of(&text).contains('<'));
    }
}
