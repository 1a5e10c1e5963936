//! The tray's menu and tooltip as data, in both languages: what stands there, and what each line asks for.

use std::time::Duration;

use tidegate_api::response::{TrayActionView, TrayLineView, TrayState, TrayView};
use tidegate_api::words::{ActionKind, Lang, Time, span};

use super::deed::{Deed, Span};
use crate::window::HAS_PAGES;

/// One line of the menu.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Entry {
    /// Something to read.
    Text(String),
    /// Something to click.
    Click(String, Deed),
    /// A menu of its own.
    More(String, Vec<Entry>),
    /// A line between.
    Rule,
}

/// A countdown moves second by second at its end, before that in these steps: nobody reads more, and each is drawn anew.
const LAST_SECONDS: u64 = 10;
const STEP_SECONDS: u64 = 5;
const STEPS_UNTIL: u64 = 600;
const MINUTE: u64 = 60;

/// Before anything was read, and when the guard does not answer.
pub(crate) fn unknown(lang: Lang) -> TrayView {
    TrayView {
        state: TrayState::Blind,
        fill: 0,
        sentence: say(lang, "没有在看守。", "Nothing is guarded now.").to_owned(),
        lines: Vec::new(),
        actions: Vec::new(),
        paused_until: None,
        armed: 0,
        unprotected_on_quit: String::new(),
        next_look_at: None,
        simulated: false,
    }
}

/// Whether a countdown is shown, which moves without any change.
pub(crate) fn counts_down(view: &TrayView) -> bool {
    view.actions.iter().any(|action| action.holdable)
}

/// Everything the menu holds at this instant.
pub(crate) fn menu(view: &TrayView, now: Time, lang: Lang) -> Vec<Entry> {
    let mut entries = vec![Entry::Text(sentence(view, now, lang)), Entry::Rule];
    entries.extend(view.lines.iter().map(|line| Entry::Text(meter(line, lang))));
    if !view.lines.is_empty() {
        entries.push(Entry::Rule);
    }
    for action in &view.actions {
        entries.extend(underway(action, now, lang));
    }
    if HAS_PAGES {
        entries.push(click(lang, "打开 Tidegate", "Open Tidegate", Deed::open("/")));
    }
    entries.push(click(lang, "立即刷新", "Refresh now", Deed::Refresh));
    entries.push(pause(view, lang));
    if HAS_PAGES {
        entries.push(click(lang, "设置…", "Settings…", Deed::open("/settings")));
    }
    entries.push(Entry::Rule);
    entries.push(quit(view, lang));
    entries
}

/// The one sentence: the tooltip's and the menu's first line. While something counts down, that; else the guard's own.
pub(crate) fn sentence(view: &TrayView, now: Time, lang: Lang) -> String {
    match view.actions.first() {
        Some(first) if first.holdable => countdown(first, now, lang),
        _ => view.sentence.clone(),
    }
}

/// With the hour it was true at: an age would have the menu drawn anew each minute for nothing.
fn meter(line: &TrayLineView, lang: Lang) -> String {
    let text = marked(&line.text, line.simulated, lang);
    match (line.as_of.and_then(hour), lang) {
        (Some(as_of), Lang::Zh) => format!("{text} · 截至 {as_of}"),
        (Some(as_of), Lang::En) => format!("{text} · as of {as_of}"),
        (None, _) => text,
    }
}

/// Day and hour by this machine's calendar.
fn hour(at: Time) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(at.ms()).ok()?;
    let there = at.to_zoned(jiff::tz::TimeZone::system());
    Some(there.strftime("%m-%d %H:%M").to_string())
}

/// What the demonstration makes up says so in every line.
fn marked(text: &str, simulated: bool, lang: Lang) -> String {
    if simulated {
        format!("{} · {text}", say(lang, "模拟", "simulated"))
    } else {
        text.to_owned()
    }
}

fn underway(action: &TrayActionView, now: Time, lang: Lang) -> Vec<Entry> {
    if !action.holdable {
        return vec![
            Entry::Text(marked(&action.text, action.simulated, lang)),
            Entry::Rule,
        ];
    }
    let act = match action.action {
        ActionKind::Start => say(lang, "立即开机", "Start now"),
        ActionKind::Stop | ActionKind::Warn => say(lang, "立即停机", "Stop now"),
    };
    vec![
        Entry::Text(countdown(action, now, lang)),
        click(lang, "推迟 2 小时", "Hold 2 h", Deed::Hold(action.id)),
        Entry::Click(act.to_owned(), Deed::StopNow(action.id)),
        Entry::Rule,
    ]
}

fn countdown(action: &TrayActionView, now: Time, lang: Lang) -> String {
    let left = Duration::from_secs(stepped(action.due.since(now).as_secs()));
    let (left, target) = (span(left, lang), &action.target.name);
    let text = match (action.action, lang) {
        (ActionKind::Start, Lang::Zh) => format!("{left}后启动 {target}"),
        (ActionKind::Start, Lang::En) => format!("Starts {target} in {left}"),
        (_, Lang::Zh) => format!("{left}后停 {target}"),
        (_, Lang::En) => format!("Stops {target} in {left}"),
    };
    marked(&text, action.simulated, lang)
}

const fn stepped(seconds: u64) -> u64 {
    if seconds <= LAST_SECONDS {
        seconds
    } else if seconds <= STEPS_UNTIL {
        seconds.div_ceil(STEP_SECONDS) * STEP_SECONDS
    } else {
        seconds.div_ceil(MINUTE) * MINUTE
    }
}

fn pause(view: &TrayView, lang: Lang) -> Entry {
    if view.paused_until.is_some() {
        return click(lang, "恢复自动行动", "Resume automatic actions", Deed::Resume);
    }
    Entry::More(
        say(lang, "暂停自动行动", "Pause automatic actions").to_owned(),
        vec![
            click(lang, "1 小时", "For 1 hour", Deed::Pause(Span::Hour)),
            click(lang, "到明天", "Until tomorrow", Deed::Pause(Span::Tomorrow)),
            click(
                lang,
                "直到恢复（最长 30 天）",
                "Until resumed (30 days at most)",
                Deed::Pause(Span::Resumed),
            ),
        ],
    )
}

/// Quitting takes a second click, on the line that says what becomes unprotected.
fn quit(view: &TrayView, lang: Lang) -> Entry {
    let consequence = match view.unprotected_on_quit.as_str() {
        "" => say(
            lang,
            "退出后不再监视，也不再通知。",
            "Once closed, nothing is watched and nothing is told.",
        ),
        named => named,
    };
    Entry::More(
        say(lang, "退出", "Quit").to_owned(),
        vec![
            Entry::Text(consequence.to_owned()),
            click(lang, "退出 Tidegate", "Quit Tidegate", Deed::Quit),
        ],
    )
}

fn click(lang: Lang, zh: &str, en: &str, deed: Deed) -> Entry {
    Entry::Click(say(lang, zh, en).to_owned(), deed)
}

const fn say<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tidegate_api::response::MeterState;
    use tidegate_api::words::RowId;

    use super::*;

    const NOW: Time = Time::from_ms(1_767_225_600_000);

    fn calm() -> TrayView {
        TrayView {
            state: TrayState::Calm,
            sentence: "All calm. 1 guard armed.".to_owned(),
            ..unknown(Lang::En)
        }
    }

    /// A stop of `web-01` that is due in so many seconds.
    fn stop(seconds: u64, holdable: bool) -> TrayActionView {
        TrayActionView {
            id: RowId::new(NOW, [7; 10]),
            action: ActionKind::Stop,
            target: serde_json::from_value(
                json!({ "kind": "server", "id": "i", "name": "web-01", "region": "cn-north-4" }),
            )
            .unwrap(),
            due: NOW.plus(Duration::from_secs(seconds)),
            state: serde_json::from_value(json!(if holdable { "planned" } else { "verifying" })).unwrap(),
            text: "Stop web-01: waiting for the provider's state".to_owned(),
            holdable,
            cancellable: holdable,
            simulated: false,
        }
    }

    fn acting(actions: Vec<TrayActionView>) -> TrayView {
        TrayView {
            state: TrayState::Acting,
            sentence: "To stop web-01.".to_owned(),
            actions,
            ..calm()
        }
    }

    fn labels(entries: &[Entry]) -> Vec<String> {
        let mut found = Vec::new();
        for entry in entries {
            match entry {
                Entry::Text(text) | Entry::Click(text, _) => found.push(text.clone()),
                Entry::More(text, more) => {
                    found.push(text.clone());
                    found.extend(labels(more));
                }
                Entry::Rule => {}
            }
        }
        found
    }

    #[test]
    fn a_countdown_offers_hold_before_stop_and_moves_in_steps_until_the_last_seconds() {
        for (left, shown) in [
            (7000, "1 hour 57 minutes"),
            (58, "1 minute"),
            (41, "45 seconds"),
            (10, "10 seconds"),
            (3, "3 seconds"),
        ] {
            let view = acting(vec![stop(left, true)]);
            let found = labels(&menu(&view, NOW, Lang::En));
            let line = format!("Stops web-01 in {shown}");
            assert_eq!(found[0], line, "the tooltip counts too");
            let at = found.iter().rposition(|label| *label == line).unwrap();
            assert_eq!(&found[at + 1..at + 3], ["Hold 2 h", "Stop now"]);
        }
    }

    #[test]
    fn what_was_sent_can_no_longer_be_held_and_nothing_moves_by_itself() {
        let view = acting(vec![stop(0, false)]);
        let found = labels(&menu(&view, NOW, Lang::En)).join("\n");
        assert!(
            !found.contains("Hold") && found.contains("waiting for the provider"),
            "{found}"
        );
        assert!(!counts_down(&view) && counts_down(&acting(vec![stop(9, true)])));
    }

    #[test]
    fn a_start_is_offered_as_a_start() {
        let mut action = stop(5, true);
        action.action = ActionKind::Start;
        let found = labels(&menu(&acting(vec![action]), NOW, Lang::Zh));
        assert!(found.contains(&"立即开机".to_owned()) && !found.contains(&"立即停机".to_owned()));
    }

    #[test]
    fn quitting_says_what_the_guard_names_and_never_nothing() {
        let mut view = calm();
        let says =
            |view: &TrayView, line: &str| labels(&menu(view, NOW, Lang::En)).contains(&line.to_owned());
        assert!(says(
            &view,
            "Once closed, nothing is watched and nothing is told."
        ));
        view.unprotected_on_quit = "Once closed, nothing stops web-01.".to_owned();
        assert!(says(&view, "Once closed, nothing stops web-01."));
    }

    #[test]
    fn a_pause_can_be_ended_where_it_was_begun() {
        let mut paused = calm();
        paused.paused_until = Some(NOW);
        let found = menu(&paused, NOW, Lang::Zh);
        assert!(found.contains(&Entry::Click("恢复自动行动".into(), Deed::Resume)));
    }

    #[test]
    fn a_guard_that_does_not_answer_is_never_shown_as_guarding() {
        let nothing = unknown(Lang::En);
        assert_eq!(nothing.state, TrayState::Blind);
        assert_eq!(sentence(&nothing, NOW, Lang::En), "Nothing is guarded now.");
    }

    #[test]
    fn a_meter_is_told_with_the_hour_it_was_true_at_and_what_is_made_up_says_so() {
        let mut view = calm();
        view.lines = vec![TrayLineView {
            account: "hw".parse().unwrap(),
            meter: "m".parse().unwrap(),
            text: "ecs-hk-01: 38.2 GiB left".into(),
            age_text: "12 minutes ago".into(),
            as_of: Some(NOW),
            state: MeterState::Calm,
            simulated: true,
        }];
        let found = labels(&menu(&view, NOW, Lang::En)).join("\n");
        assert!(
            found.contains("simulated · ecs-hk-01: 38.2 GiB left · as of "),
            "{found}"
        );
        let later = NOW.plus(Duration::from_secs(600));
        assert_eq!(menu(&view, NOW, Lang::En), menu(&view, later, Lang::En));
    }
}
