//! Renewals as an iCalendar file, for a person's own calendar. Owns which cycles are told as a rule: only those whose
//! rule names exactly the same days; the others are told date by date. Holds no clock: the caller gives the stamp.

use icalendar::{Alarm, Calendar, Component, Event, Property, Trigger};
use jiff::civil::Date;
use tidegate_meter::Time;

use super::cycle::Cycle;
use super::limits::{ICS_DATES, ICS_HOUR};
use super::standing::Standing;

/// One renewal for a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id: the same renewal keeps its place in a calendar that reads the file again.
    pub id: String,
    /// One line.
    pub summary: String,
    /// What else there is to say; may have several lines.
    pub description: String,
    /// When it is due.
    pub standing: Standing,
    /// On how many days before a due date to remind; 0 is the day itself.
    pub remind: Vec<u16>,
}

/// The file: an all-day event for each open due date, or one that repeats; an alarm in the morning for each reminder.
/// What is not due any more has no event.
#[must_use]
pub fn ics(name: &str, entries: &[Entry], today: Date, stamp: Time) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Tidegate//Renewals//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        calendar.append_property(Property::new(key, value));
    }
    // The library escapes no line end here.
    calendar.name(&plain(name).replace('\n', " "));
    let stamp = stamp.to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string();
    for entry in entries {
        calendar.extend(events(entry, today, &stamp));
    }
    calendar.to_string()
}

fn events(entry: &Entry, today: Date, stamp: &str) -> Vec<Event> {
    let mut open = entry.standing.open(today);
    let Some(rule) = rule(entry.standing.cycle) else {
        let dates = open.take(ICS_DATES);
        let each = |date: Date| event(entry, &format!("{}-{date}", entry.id), date, stamp);
        return dates.map(each).collect();
    };
    let first = open.next().map(|first| event(entry, &entry.id, first, stamp));
    let repeated = first.map(|mut event| event.add_property("RRULE", &rule).done());
    repeated.into_iter().collect()
}

/// The rule that names exactly the due dates of a cycle, from one of them on. A day that shorter months lack has one only
/// where it always means the last day.
fn rule(cycle: Cycle) -> Option<String> {
    let monthly = |every: u16, day: i8| match day {
        31 => Some(format!("FREQ=MONTHLY;INTERVAL={every};BYMONTHDAY=-1")),
        29 | 30 => None,
        day => Some(format!("FREQ=MONTHLY;INTERVAL={every};BYMONTHDAY={day}")),
    };
    match cycle {
        Cycle::Weekly(_) => Some("FREQ=WEEKLY".to_owned()),
        Cycle::Monthly(day) => monthly(1, day.get()),
        Cycle::Yearly(day) if (day.month(), day.day()) == (2, 29) => {
            Some("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1".to_owned())
        }
        Cycle::Yearly(_) => Some("FREQ=YEARLY".to_owned()),
        Cycle::EveryDays { every, .. } => Some(format!("FREQ=DAILY;INTERVAL={}", every.get())),
        Cycle::EveryMonths { every, anchor } => monthly(every.get(), anchor.day()),
        Cycle::Once(_) | Cycle::Trial(_) => None,
    }
}

fn event(entry: &Entry, uid: &str, date: Date, stamp: &str) -> Event {
    let uid = format!("{uid}@tidegate");
    let mut start = Property::new("DTSTART", date.strftime("%Y%m%d").to_string());
    start.add_parameter("VALUE", "DATE");
    let mut event = Event::with_uid(&uid);
    event
        .add_property("DTSTAMP", stamp)
        .append_property(start)
        .add_property("TRANSP", "TRANSPARENT")
        .summary(&plain(&entry.summary))
        .description(&plain(&entry.description));
    for days in &entry.remind {
        if let Some(mut alarm) = alarm(&plain(&entry.summary), *days) {
            // The library would ask the system for the time, and roll a die for the name.
            alarm
                .add_property("DTSTAMP", stamp)
                .add_property("UID", format!("{days}-{uid}"));
            event.append_component(alarm);
        }
    }
    event.done()
}

/// A text with one kind of line end, which the library escapes: a carriage return would stand in the file as it is, and end
/// the line for many readers. Other control characters have no place in the file.
fn plain(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    lines
        .chars()
        .filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'))
        .collect()
}

/// An alarm in the morning of the day that is so many days ahead. Times count from midnight of the due day.
fn alarm(text: &str, days: u16) -> Option<Alarm> {
    let hours = i64::from(days) * 24 - ICS_HOUR;
    let span = |sign: &str| Property::new("TRIGGER", format!("{sign}PT{}H", hours.abs()));
    let mut alarm = Alarm::display(text, Trigger::try_from(&span("")).ok()?);
    // The library writes spans before the start, but does not read them.
    alarm.append_property(span(if hours > 0 { "-" } else { "" }));
    Some(alarm)
}
