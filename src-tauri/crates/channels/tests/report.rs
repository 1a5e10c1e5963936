//! Reports as people read them: text and page in both languages, the same in both forms, with names that would do harm,
//! and never more than what is proved.

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

#[path = "support/reports.rs"]
mod reports;
mod support;

use tidegate_channels::catalogue::report::{ReportText, write};
use tidegate_channels::report::{DeviceHeard, LeftFacts, ReportKind};
use tidegate_channels::{Message, ReportFacts, catalogue, limits};
use tidegate_guard::IntentState;
use tidegate_meter::{FlowBytes, KindBytes, Lang};

const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

fn samples() -> [(&'static str, ReportFacts); 3] {
    [
        ("calm", reports::calm()),
        ("full", reports::full()),
        ("unwatched", reports::unwatched()),
    ]
}

fn told(facts: &ReportFacts, lang: Lang) -> ReportText {
    write(facts, lang, Some("#07070707 · 23:55"))
}

/// What a reader of the page sees, piece by piece; tags, styles and what only a pointer shows left out.
fn shown(html: &str) -> Vec<String> {
    let body = html.split("<body").nth(1).unwrap();
    let mut pieces = Vec::new();
    for piece in body.split('<').skip(1) {
        let (_, text) = piece.split_once('>').unwrap();
        let text = text
            .replace("&nbsp;", " ")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&");
        let text = text.trim().to_owned();
        if !text.is_empty() {
            pieces.push(text);
        }
    }
    pieces
}

#[test]
fn a_report_reads_well_in_both_languages() {
    for (name, facts) in samples() {
        for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            let told = told(&facts, lang);
            insta::assert_snapshot!(
                format!("{name}_{code}_text"),
                format!("{}\n\n{}", told.subject, told.text)
            );
        }
    }
}

#[test]
fn a_page_is_complete_in_both_languages() {
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        insta::assert_snapshot!(format!("full_{code}_page"), told(&reports::full(), lang).html);
    }
}

#[test]
fn the_text_says_all_that_the_page_says() {
    for (name, facts) in samples() {
        for lang in LANGS {
            let told = told(&facts, lang);
            for piece in shown(&told.html) {
                let parts = piece.split("  ").flat_map(|part| part.split(" · "));
                for part in parts {
                    assert!(told.text.contains(part), "{name}: {part:?} is only on the page");
                }
            }
        }
    }
}

#[test]
fn a_page_fetches_nothing_and_runs_nothing() {
    for facts in samples()
        .map(|sample| sample.1)
        .into_iter()
        .chain([reports::harmful()])
    {
        for lang in LANGS {
            let html = told(&facts, lang).html;
            let markup = markup(&html);
            for remote in [
                "http:", "https:", "src", "url(", "link", "script", "@import", "iframe", "onerror", "href",
            ] {
                assert!(!markup.contains(remote), "{remote}");
            }
        }
    }
}

/// The tags of a page with their attributes, without what stands between them or is quoted for a pointer.
fn markup(html: &str) -> String {
    let mut out = String::new();
    for piece in html.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').unwrap();
        let tag = tag.split(" title=\"").next().unwrap();
        out.push_str(tag.split(" aria-label=\"").next().unwrap());
        out.push('\n');
    }
    out
}

#[test]
fn names_are_data_and_never_markup() {
    for lang in LANGS {
        let told = told(&reports::harmful(), lang);
        assert!(!told.html.to_lowercase().contains("<script"));
        assert!(told.html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(told.html.contains("👩‍👩‍👧"), "an emoji of several signs stays whole");
        assert!(!told.html.contains('\u{202e}') && !told.text.contains('\u{202e}'));
        let (opened, closed) = (
            told.html.matches("<table").count(),
            told.html.matches("</table>").count(),
        );
        assert_eq!(opened, closed);
        assert_eq!(
            told.html.matches("<td").count(),
            told.html.matches("</td>").count()
        );
        let broken = told.text.lines().any(|line| line.starts_with("👩"));
        assert!(!broken, "a name stays on its line");
    }
}

#[test]
fn a_headline_names_no_subscription_and_counts_what_needs_a_person() {
    for lang in LANGS {
        let subject = told(&reports::full(), lang).subject;
        assert!(
            !subject.contains("机场甲") && !subject.contains("Airport"),
            "{subject}"
        );
        assert!(
            subject.contains("12.29 GiB") && subject.contains("+18%"),
            "{subject}"
        );
        assert!(subject.contains("⚠ ") && subject.contains("6%"), "{subject}");
        assert!(!told(&reports::calm(), lang).subject.contains('⚠'));
    }
}

#[test]
fn what_was_not_watched_is_unknown_and_never_nothing() {
    for (lang, unknown, zero) in [(Lang::Zh, "流量未知", "0 B"), (Lang::En, "unknown", "0 B")] {
        let told = told(&reports::unwatched(), lang);
        assert!(told.subject.contains(unknown), "{}", told.subject);
        assert!(
            told.text.contains(unknown) && !told.text.contains(zero),
            "{}",
            told.text
        );
    }
}

#[test]
fn without_a_rate_no_days_are_named() {
    // C3.12: no consumption printed "0 days".
    let mut facts = reports::calm();
    facts.subscriptions[0].left = LeftFacts::NoEstimate;
    facts.subscriptions[0].reset = None;
    let told = told(&facts, Lang::En).text;
    assert!(
        told.contains("no estimate") && !told.contains(" 0 days"),
        "{told}"
    );
}

#[test]
fn without_a_reading_of_before_nothing_counts_as_used_today() {
    // C3.10: all that was ever used counted as today's, with a leak warning.
    let mut facts = reports::calm();
    facts.subscriptions[0].today = None;
    facts.subscriptions[0].leak = None;
    let told = told(&facts, Lang::En).text;
    assert!(told.contains("what was used that day is unknown"), "{told}");
    assert!(told.contains("not compared yet"), "{told}");
}

#[test]
fn the_coverage_of_each_device_stands_beside_its_bytes() {
    // C3.13: offline agents were in the comparison, and nobody saw it.
    let told = told(&reports::full(), Lang::En).text;
    assert!(told.contains("watched 82%, 4 hours 11 minutes missing"), "{told}");
    assert!(told.contains("silent since"), "{told}");
    assert!(
        told.contains("every device was watched for 91.4% of it"),
        "{told}"
    );
}

#[test]
fn only_a_proof_claims_that_something_was_done() {
    let mut facts = reports::full();
    facts.actions.truncate(1);
    facts.actions[0].proof = None;
    facts.actions[0].state = IntentState::Accepted;
    let told = told(&facts, Lang::En).text;
    assert!(!told.contains("stopped") && !told.contains("confirmed"), "{told}");
    assert!(told.contains("accepted, not yet in effect"), "{told}");
}

#[test]
fn the_window_is_told_with_its_end() {
    for lang in LANGS {
        let open = told(&reports::calm(), lang).text;
        assert!(open.contains("[2026-11-20 00:00, 2026-11-20 23:55)"), "{open}");
        let whole = told(&reports::full(), lang).text;
        assert!(whole.contains("[2026-11-20 00:00, 2026-11-20 24:00)"), "{whole}");
        assert!(whole.contains("Asia/Shanghai"), "{whole}");
    }
}

#[test]
fn the_head_of_the_audit_chain_stands_in_it_whole() {
    for lang in LANGS {
        let told = told(&reports::calm(), lang);
        let hash = reports::calm().audit.unwrap().hash;
        assert!(told.text.contains(&hash) && told.html.contains(&hash));
    }
}

#[test]
fn what_is_stored_is_what_was_told() {
    for (_, facts) in samples() {
        let stored = serde_json::to_string(&facts).unwrap();
        let read: ReportFacts = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, facts);
    }
}

#[test]
fn a_week_is_compared_with_weeks() {
    let mut facts = reports::calm();
    facts.kind = ReportKind::Weekly;
    facts.from = reports::on("2026-11-14");
    let told = told(&facts, Lang::En).text;
    assert!(told.contains("against the week before"), "{told}");
    assert!(told.contains("weekly report"), "{told}");
}

#[test]
fn bytes_at_the_end_of_their_range_do_not_overflow() {
    let mut facts = reports::full();
    let most = FlowBytes {
        up: u64::MAX,
        down: u64::MAX,
        estimated_up: u64::MAX,
        estimated_down: u64::MAX,
    };
    let all = KindBytes {
        proxy: most,
        direct: most,
        reject: most,
        unattributed: most,
    };
    let traffic = facts.traffic.as_mut().unwrap();
    traffic.sum = Some(all);
    traffic.before = Some(all);
    for device in &mut traffic.devices {
        device.bytes = all;
        device.watched = u64::MAX;
        device.heard = DeviceHeard::Well;
    }
    for day in &mut traffic.days {
        day.proxy = Some(u64::MAX);
        day.direct = Some(u64::MAX);
    }
    assert!(told(&facts, Lang::En).text.contains("TiB"));
}

#[test]
fn a_chat_gets_the_verdict_the_numbers_and_then_the_rest() {
    let message = |facts: ReportFacts| Message::Report {
        report: Box::new(facts),
    };
    let lines = |facts| catalogue::lines(&message(facts), Lang::En, &support::zone(), support::now());
    let calm = lines(reports::calm());
    let labels: Vec<&str> = calm.iter().map(|line| line.label).collect();
    assert!(
        labels.starts_with(&["", "Proxy", "Direct", "Subscription", "Compared"]),
        "{labels:?}"
    );
    assert!(calm[0].text.starts_with("All is well"), "{}", calm[0].text);
    let full = lines(reports::full());
    let size: usize = full.iter().map(|line| line.to_string().len()).sum();
    assert!(size < limits::WECOM_MARKDOWN_BYTES, "{size}");
    assert!(full.iter().all(|line| !line.text.contains('\n')));
    assert!(
        full.iter()
            .any(|line| line.text.contains("9f2c419f2c419f2c") && line.label == "Audit chain")
    );
}
