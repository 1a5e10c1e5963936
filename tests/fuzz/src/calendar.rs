//! Due dates and the calendar file: dates go forward, a cycle prints so that it is read again as the same, and no text of a
//! person becomes a line of the file.

use jiff::civil::{Date, date};
use tidegate_meter::Time;
use tidegate_providers::calendar::ics::{Entry, ics};
use tidegate_providers::calendar::{Cycle, Standing, parse_date};

const TODAY: Date = date(2026, 11, 20);
/// What begins a line that the file may hold.
const NAMES: [&str; 20] = [
    "BEGIN",
    "END",
    "VERSION",
    "PRODID",
    "CALSCALE",
    "METHOD",
    "NAME",
    "X-WR-CALNAME",
    "UID",
    "DTSTAMP",
    "DTSTART",
    "TRANSP",
    "SUMMARY",
    "DESCRIPTION",
    "RRULE",
    "ACTION",
    "TRIGGER",
    "DURATION",
    "REPEAT",
    "DTEND",
];

/// Lines as a reader puts them together again (RFC 5545, 3.1).
fn unfolded(file: &str) -> Vec<String> {
    let whole = file.replace("\r\n ", "").replace("\r\n\t", "");
    whole.split("\r\n").map(str::to_owned).collect()
}

fn file_is_sound(entry: Entry, name: &str) {
    let stamp: Time = "2026-11-20T14:05:10Z".parse().unwrap();
    let file = ics(name, &[entry], TODAY, stamp);
    let lines = unfolded(&file);
    for line in lines.iter().filter(|line| !line.is_empty()) {
        let word: String = line.chars().take_while(|c| !matches!(c, ':' | ';')).collect();
        assert!(NAMES.contains(&word.as_str()), "{line:?} in {file:?}");
        assert!(!line.contains(['\r', '\n']), "{line:?}");
    }
    let count = |text: &str| lines.iter().filter(|line| line.as_str() == text).count();
    assert_eq!(count("BEGIN:VEVENT"), count("END:VEVENT"));
    assert_eq!((count("BEGIN:VCALENDAR"), count("END:VCALENDAR")), (1, 1));
}

/// Lines: a cycle, its day, when it was paid, and what it is called; all that follows describes it.
pub(crate) fn calendar(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut lines = text.splitn(5, '\n');
    let mut next = || lines.next().unwrap_or_default();
    let (kind, day, paid, name, more) = (next(), next(), next(), next(), next());
    let Ok(cycle) = Cycle::parse(kind, day) else {
        return;
    };
    let written = serde_json::to_value(cycle).unwrap();
    assert_eq!(
        serde_json::from_value::<Cycle>(written).unwrap(),
        cycle,
        "{kind} {day}"
    );
    let from = parse_date(paid).unwrap_or(TODAY);
    let dates: Vec<Date> = cycle.due_from(from).take(40).collect();
    assert!(
        dates.iter().all(|due| *due >= from),
        "{kind} {day} from {from}: {dates:?}"
    );
    assert!(dates.is_sorted_by(|one, next| one < next), "{dates:?}");
    assert!(cycle.due_until(from).is_none_or(|due| due <= from));
    let standing = Standing {
        cycle,
        paid: parse_date(paid),
        since: None,
        by_itself: name.len() % 2 == 1,
    };
    if let Some(covered) = standing.covers(None, TODAY) {
        let after = Standing {
            paid: Some(covered),
            ..standing
        };
        assert!(!after.is_open(covered, TODAY), "what is paid is settled");
    }
    let entry = Entry {
        id: "one".to_owned(),
        summary: name.to_owned(),
        description: more.to_owned(),
        standing,
        remind: vec![3, 0],
    };
    file_is_sound(entry, name);
}
