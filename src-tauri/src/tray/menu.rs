//! The tray's menu and tooltip as data, in both languages: what stands there, and what each line asks for.

use tidegate_api::words::{Lang, RowId, Time};

use super::snapshot::{Line, Snapshot, State, Underway};

/// What a person asked for in the tray.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Deed {
    /// Looks at every account now.
    Refresh,
    /// Lengthens the countdown of an action by two hours.
    Hold(RowId),
    /// Ends the countdown of an action.
    StopNow(RowId),
    /// No automatic action for so long.
    Pause(Span),
    /// Automatic actions again.
    Resume,
    /// Ends the program.
    Quit,
}

/// For how long automatic actions pause.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Span {
    /// One hour.
    Hour,
    /// Until the next midnight of this machine.
    Tomorrow,
    /// As long as the guard allows.
    Resumed,
}

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

/// The last seconds of a countdown are shown one by one, the others in steps.
const LAST_SECONDS: u64 = 10;
const STEP_SECONDS: u64 = 5;

/// Everything the menu holds at this instant.
pub(crate) fn menu(snapshot: &Snapshot, now: Time, lang: Lang) -> Vec<Entry> {
    let mut entries = vec![Entry::Text(sentence(snapshot, lang)), Entry::Rule];
    entries.extend(snapshot.lines.iter().map(|line| Entry::Text(meter(line, lang))));
    if !snapshot.lines.is_empty() {
        entries.push(Entry::Rule);
    }
    for action in &snapshot.underway {
        entries.extend(underway(action, now, lang));
    }
    entries.push(click(lang, "立即刷新", "Refresh now", Deed::Refresh));
    entries.push(pause(snapshot, lang));
    entries.push(Entry::Rule);
    entries.push(quit(snapshot, lang));
    entries
}

/// The one sentence: the tooltip's and the menu's first line.
pub(crate) fn sentence(snapshot: &Snapshot, lang: Lang) -> String {
    let first = |names: &[String]| names.first().cloned().unwrap_or_default();
    match (snapshot.state, lang) {
        (State::Acting, Lang::Zh) => format!("正在处理 {}", target(snapshot)),
        (State::Acting, Lang::En) => format!("Acting on {}", target(snapshot)),
        (State::Blind, Lang::Zh) if !snapshot.guarding => "没有在看守".to_owned(),
        (State::Blind, Lang::En) if !snapshot.guarding => "Nothing is guarded now".to_owned(),
        (State::Blind, Lang::Zh) if snapshot.blind.is_empty() => "有计量读不到".to_owned(),
        (State::Blind, Lang::En) if snapshot.blind.is_empty() => "A meter cannot be read".to_owned(),
        (State::Blind, Lang::Zh) => format!("读不到 {}", first(&snapshot.blind)),
        (State::Blind, Lang::En) => format!("Cannot read {}", first(&snapshot.blind)),
        (State::Paused, Lang::Zh) => "自动行动已暂停，仍在监视".to_owned(),
        (State::Paused, Lang::En) => "Automatic actions are paused; still watching".to_owned(),
        (State::Critical, Lang::Zh) => "有计量到了闸线".to_owned(),
        (State::Critical, Lang::En) => "A meter has reached its limit".to_owned(),
        (State::Warning, Lang::Zh) => "有计量越过了阶梯".to_owned(),
        (State::Warning, Lang::En) => "A meter has crossed a step".to_owned(),
        (State::Stopped, Lang::Zh) => format!("已停下 {}", first(&snapshot.stopped)),
        (State::Stopped, Lang::En) => format!("{} is stopped", first(&snapshot.stopped)),
        (State::Calm, _) if snapshot.accounts == 0 => say(lang, "还没有账户", "No account yet").to_owned(),
        (State::Calm, Lang::Zh) => format!("一切平静 · {} 条规则已布防", snapshot.armed),
        (State::Calm, Lang::En) => format!("All calm · {}", guards(snapshot.armed)),
    }
}

fn guards(armed: usize) -> String {
    match armed {
        0 => "only watching".to_owned(),
        1 => "1 guard armed".to_owned(),
        more => format!("{more} guards armed"),
    }
}

fn target(snapshot: &Snapshot) -> String {
    snapshot
        .underway
        .first()
        .map(|action| action.target.clone())
        .unwrap_or_default()
}

/// With the hour it was true at: an age would have the menu drawn anew each minute for nothing.
fn meter(line: &Line, lang: Lang) -> String {
    match (&line.as_of, lang) {
        (Some(as_of), Lang::Zh) => format!("{} · {} · 截至 {as_of}", line.name, line.left),
        (Some(as_of), Lang::En) => format!("{} · {} · as of {as_of}", line.name, line.left),
        (None, _) => format!("{} · {}", line.name, line.left),
    }
}

fn underway(action: &Underway, now: Time, lang: Lang) -> Vec<Entry> {
    if !action.waits {
        let text = match lang {
            Lang::Zh => format!("正在停 {}，等平台确认", action.target),
            Lang::En => format!("Stopping {}; waiting for the provider's word", action.target),
        };
        return vec![Entry::Text(text), Entry::Rule];
    }
    let left = action.due.since(now).as_secs();
    let left = if left <= LAST_SECONDS {
        left
    } else {
        left.div_ceil(STEP_SECONDS) * STEP_SECONDS
    };
    let text = match lang {
        Lang::Zh => format!("{left} 秒后停 {}", action.target),
        Lang::En => format!("Stops {} in {left} s", action.target),
    };
    vec![
        Entry::Text(text),
        click(lang, "推迟 2 小时", "Hold 2 h", Deed::Hold(action.id)),
        click(lang, "立即停机", "Stop now", Deed::StopNow(action.id)),
        Entry::Rule,
    ]
}

fn pause(snapshot: &Snapshot, lang: Lang) -> Entry {
    if snapshot.paused_until.is_some() {
        return click(lang, "恢复自动行动", "Resume automatic actions", Deed::Resume);
    }
    Entry::More(
        say(lang, "暂停自动行动", "Pause automatic actions").to_owned(),
        vec![
            click(lang, "1 小时", "For 1 hour", Deed::Pause(Span::Hour)),
            click(lang, "到明天", "Until tomorrow", Deed::Pause(Span::Tomorrow)),
            click(lang, "直到恢复", "Until resumed", Deed::Pause(Span::Resumed)),
        ],
    )
}

/// Quitting takes a second click, on the line that says what becomes unprotected.
fn quit(snapshot: &Snapshot, lang: Lang) -> Entry {
    let consequence = match (snapshot.armed, lang) {
        (0, Lang::Zh) => "退出后不再监视，也不再通知".to_owned(),
        (0, Lang::En) => "After quitting nothing is watched and nothing is told".to_owned(),
        (armed, Lang::Zh) => format!("退出后 {armed} 条已布防的规则失去保护"),
        (1, Lang::En) => "After quitting 1 armed guard protects nothing".to_owned(),
        (armed, Lang::En) => format!("After quitting {armed} armed guards protect nothing"),
    };
    Entry::More(
        say(lang, "退出", "Quit").to_owned(),
        vec![
            Entry::Text(consequence),
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
    use super::super::snapshot::{Line, Snapshot, State, Underway};
    use super::*;

    const NOW: Time = Time::from_ms(1_767_225_600_000);

    fn id() -> RowId {
        RowId::new(NOW, [7; 10])
    }

    fn snapshot(state: State) -> Snapshot {
        Snapshot {
            state,
            accounts: 1,
            guarding: true,
            ..Snapshot::nothing()
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
        let mut acting = snapshot(State::Acting);
        let due = |seconds| NOW.plus(std::time::Duration::from_secs(seconds));
        for (left, shown) in [(58, "60"), (41, "45"), (10, "10"), (3, "3")] {
            acting.underway = vec![Underway {
                id: id(),
                target: "web-01".into(),
                due: due(left),
                waits: true,
            }];
            let found = labels(&menu(&acting, NOW, Lang::En));
            let at = found
                .iter()
                .position(|label| label == &format!("Stops web-01 in {shown} s"))
                .unwrap();
            assert_eq!(&found[at + 1..at + 3], ["Hold 2 h", "Stop now"]);
        }
    }

    #[test]
    fn what_was_sent_can_no_longer_be_held() {
        let mut acting = snapshot(State::Acting);
        acting.underway = vec![Underway {
            id: id(),
            target: "web-01".into(),
            due: NOW,
            waits: false,
        }];
        let found = labels(&menu(&acting, NOW, Lang::En)).join("\n");
        assert!(
            !found.contains("Hold") && found.contains("waiting for the provider"),
            "{found}"
        );
    }

    #[test]
    fn quitting_names_what_becomes_unprotected_in_both_languages() {
        let mut calm = snapshot(State::Calm);
        calm.armed = 2;
        assert!(
            labels(&menu(&calm, NOW, Lang::En))
                .contains(&"After quitting 2 armed guards protect nothing".into())
        );
        assert!(labels(&menu(&calm, NOW, Lang::Zh)).contains(&"退出后 2 条已布防的规则失去保护".into()));
    }

    #[test]
    fn a_pause_can_be_ended_where_it_was_begun() {
        let mut paused = snapshot(State::Paused);
        paused.paused_until = Some(NOW);
        let found = menu(&paused, NOW, Lang::Zh);
        assert!(found.contains(&Entry::Click("恢复自动行动".into(), Deed::Resume)));
    }

    #[test]
    fn every_state_has_a_sentence_of_its_own_and_never_claims_to_guard_when_it_does_not() {
        let states = [
            State::Calm,
            State::Warning,
            State::Critical,
            State::Acting,
            State::Stopped,
            State::Blind,
            State::Paused,
        ];
        for lang in [Lang::Zh, Lang::En] {
            let mut found: Vec<String> = states
                .iter()
                .map(|state| sentence(&snapshot(*state), lang))
                .collect();
            found.sort();
            found.dedup();
            assert_eq!(found.len(), states.len(), "{found:?}");
        }
        assert_eq!(sentence(&Snapshot::nothing(), Lang::En), "Nothing is guarded now");
    }

    #[test]
    fn a_meter_is_told_with_the_hour_it_was_true_at() {
        let mut warning = snapshot(State::Warning);
        warning.lines = vec![Line {
            name: "ecs-hk-01".into(),
            left: "38.2 GiB left".into(),
            as_of: Some("14:02".into()),
        }];
        assert!(
            labels(&menu(&warning, NOW, Lang::En))
                .contains(&"ecs-hk-01 · 38.2 GiB left · as of 14:02".into())
        );
        let later = NOW.plus(std::time::Duration::from_secs(600));
        assert_eq!(menu(&warning, NOW, Lang::En), menu(&warning, later, Lang::En));
    }
}
