//! Tells a run in words, so that a person sees in half a minute what broke: the cast, then only what touches it, looks
//! folded, and the promise beside what was seen. Owns the choice of lines; judges nothing. Tested in `tests/story.rs` with
//! snapshots in both languages.

mod cast;
mod deeds;
mod events;
mod lies;
mod promise;
mod subject;
mod words;

use std::collections::BTreeMap;

use tidegate_engine::Event;
use tidegate_meter::Lang::{En, Zh};
use tidegate_meter::{Lang, Quantity, Time};

use crate::check::Breach;
use crate::limits;
use crate::line::{Line, Seen};
use crate::plan::Plan;
use subject::Subject;
use words::{Both, amount, both, moment};

/// The story of a run: what `lines` tell of the subject of the first of `breaches`, or of everybody when none was broken.
/// About ten to twenty-five lines; what is in the middle of a longer one is counted.
#[must_use]
pub fn tell(plan: &Plan, lines: &[Seen], breaches: &[Breach], lang: Lang) -> String {
    let breach = breaches.first();
    let subject = Subject::of(plan, breach.map_or("", |breach| breach.about.as_str()));
    let mut told = vec![cast::title(plan).tell(lang)];
    told.extend(
        cast::lines(plan, &subject)
            .into_iter()
            .map(|line| line.tell(lang)),
    );
    let mut teller = Teller::new(plan, lang);
    let until = breach.map(|breach| breach.at);
    for seen in lines {
        if until.is_none_or(|until| seen.at <= until) && subject.is_named(seen) {
            teller.hear(seen);
        }
    }
    told.extend(clipped(teller.end(), lang));
    told.push(ending(plan, breaches, lang));
    told.join("\n")
}

/// Its last lines: the breach beside the promise.
fn ending(plan: &Plan, breaches: &[Breach], lang: Lang) -> String {
    let Some(breach) = breaches.first() else {
        return both("每条承诺都守住了。", "Every promise was kept.").tell(lang);
    };
    let promised = promise::of(breach.invariant).tell(lang);
    let (said, what) = (&breach.said, format!("{:?}", breach.invariant));
    let at = moment(plan.start, breach.at, lang);
    let more = breaches.len().saturating_sub(1);
    let last = both(
        format!("{at}  打破 {what}：{said}\n承诺：{promised}。"),
        format!("{at}  breaks {what}: {said}\nPromised: {promised}."),
    );
    let rest = both(format!("（另有 {more} 处）"), format!(" ({more} more)"));
    match more {
        0 => last.tell(lang),
        _ => format!("{}{}", last.tell(lang), rest.tell(lang)),
    }
}

/// The beginning and the end of what is too long.
fn clipped(mut lines: Vec<String>, lang: Lang) -> Vec<String> {
    let (first, last) = (limits::STORY_FIRST, limits::STORY_LAST);
    let all = lines.len();
    if all <= first.saturating_add(last).saturating_add(1) {
        return lines;
    }
    let end = lines.split_off(all.saturating_sub(last));
    let left_out = all.saturating_sub(first).saturating_sub(last);
    lines.truncate(first);
    lines.push(
        both(
            format!("…… 略去 {left_out} 行"),
            format!("… {left_out} lines left out"),
        )
        .tell(lang),
    );
    lines.extend(end);
    lines
}

/// Looks at one meter that nothing came of.
struct Looks {
    count: u32,
    from: Time,
    first: Option<Quantity>,
    last: Option<Quantity>,
}

/// Hears lines and tells those that matter.
struct Teller {
    start: Time,
    lang: Lang,
    told: Vec<String>,
    looks: BTreeMap<String, Looks>,
    /// The last thing told, and how often it came again at once.
    last: Option<(Both, u32)>,
}

impl Teller {
    fn new(plan: &Plan, lang: Lang) -> Self {
        Self {
            start: plan.start,
            lang,
            told: Vec::new(),
            looks: BTreeMap::new(),
            last: None,
        }
    }

    fn hear(&mut self, seen: &Seen) {
        if let Line::Event { event } = &seen.line
            && self.looked(seen.at, event)
        {
            return;
        }
        let told = match &seen.line {
            Line::Deed { deed } => Some(deeds::told(deed)),
            line => events::told(line),
        };
        if let Some(told) = told {
            self.fold();
            self.say(seen.at, told);
        }
    }

    /// Counts a look; false for everything else.
    fn looked(&mut self, at: Time, event: &Event) -> bool {
        let Event::Reading { name, remaining, .. } = event else {
            return false;
        };
        let looks = self.looks.entry(name.clone()).or_insert(Looks {
            count: 0,
            from: at,
            first: *remaining,
            last: None,
        });
        looks.count = looks.count.saturating_add(1);
        looks.last = *remaining;
        true
    }

    /// Tells the looks so far, one line for each meter.
    fn fold(&mut self) {
        for (name, looks) in std::mem::take(&mut self.looks) {
            let (first, last) = (amount(looks.first), amount(looks.last));
            let count = looks.count;
            let (zh, en) = match count {
                1 => (format!("看 {name} 一次"), format!("a look at {name}")),
                _ => (
                    format!("看 {name} {count} 次"),
                    format!("{count} looks at {name}"),
                ),
            };
            let line = if looks.first == looks.last {
                both(
                    format!("{zh}：剩 {}", last.get(Zh)),
                    format!("{en}: {} left", last.get(En)),
                )
            } else {
                both(
                    format!("{zh}：剩 {} → {}", first.get(Zh), last.get(Zh)),
                    format!("{en}: {} → {} left", first.get(En), last.get(En)),
                )
            };
            self.say(looks.from, line);
        }
    }

    /// A line, or one more of the line before.
    fn say(&mut self, at: Time, told: Both) {
        if let Some((last, times)) = &mut self.last
            && *last == told
        {
            *times = times.saturating_add(1);
            let again = format!("{} ×{times}", told.tell(self.lang));
            if let Some(line) = self.told.last_mut() {
                let (when, _) = line.split_once("  ").unwrap_or((line.as_str(), ""));
                *line = format!("{when}  {again}");
            }
            return;
        }
        let when = moment(self.start, at, self.lang);
        self.told.push(format!("{when}  {}", told.get(self.lang)));
        self.last = Some((told, 1));
    }

    fn end(mut self) -> Vec<String> {
        self.fold();
        self.told
    }
}
