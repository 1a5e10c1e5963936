//! What holds for every cycle, on every day.

use jiff::civil::{Date, date};
use jiff::{Span, tz::TimeZone};
use proptest::prelude::*;
use tidegate_providers::calendar::{Cycle, Standing, days_between};

fn days() -> impl Strategy<Value = Date> {
    (0_i64..60_000).prop_map(|days| date(1950, 1, 1).checked_add(Span::new().days(days)).unwrap())
}

fn cycles() -> impl Strategy<Value = Cycle> {
    let read = |(name, day): (String, String)| Cycle::parse(&name, &day).unwrap();
    prop_oneof![
        (1..=7_u8).prop_map(|day| ("weekly".to_owned(), day.to_string())),
        (1..=31_u8).prop_map(|day| ("monthly".to_owned(), day.to_string())),
        days().prop_map(|day| ("yearly".to_owned(), day.strftime("%m-%d").to_string())),
        Just(("yearly".to_owned(), "02-29".to_owned())),
        (1..=3660_u16, days())
            .prop_map(|(every, anchor)| (format!("every {every} days"), anchor.to_string())),
        (1..=120_u16, days())
            .prop_map(|(every, anchor)| (format!("every {every} months"), anchor.to_string())),
        days().prop_map(|day| ("once".to_owned(), day.to_string())),
        days().prop_map(|day| ("trial".to_owned(), day.to_string())),
    ]
    .prop_map(read)
}

fn standings() -> impl Strategy<Value = Standing> {
    (
        cycles(),
        prop::option::of(days()),
        prop::option::of(days()),
        any::<bool>(),
    )
        .prop_map(|(cycle, paid, since, by_itself)| Standing {
            cycle,
            paid,
            since,
            by_itself,
        })
}

/// Whether a date is due, by looking at the date alone.
fn is_due(cycle: &Cycle, day: Date) -> bool {
    let last = day.days_in_month();
    let clamped = |wanted: i8| day.day() == wanted.min(last);
    let months = |anchor: Date| {
        (i64::from(day.year()) * 12 + i64::from(day.month()))
            - (i64::from(anchor.year()) * 12 + i64::from(anchor.month()))
    };
    match cycle {
        Cycle::Weekly(weekday) => day.weekday() == *weekday,
        Cycle::Monthly(wanted) => clamped(wanted.get()),
        Cycle::Yearly(wanted) => day.month() == wanted.month() && clamped(wanted.day()),
        Cycle::EveryDays { every, anchor } => {
            day >= *anchor && days_between(*anchor, day) % i64::from(every.get()) == 0
        }
        Cycle::EveryMonths { every, anchor } => {
            day >= *anchor && months(*anchor) % i64::from(every.get()) == 0 && clamped(anchor.day())
        }
        Cycle::Once(only) | Cycle::Trial(only) => day == *only,
    }
}

fn walk(from: Date, count: usize) -> impl Iterator<Item = Date> {
    from.series(Span::new().days(1)).take(count)
}

proptest! {
    #[test]
    fn the_series_is_what_a_walk_over_the_calendar_finds(cycle in cycles(), from in days()) {
        let end = from.checked_add(Span::new().days(800)).unwrap();
        let found: Vec<Date> = walk(from, 800).filter(|day| is_due(&cycle, *day)).collect();
        let told: Vec<Date> = cycle.due_from(from).take_while(|due| *due < end).collect();
        prop_assert_eq!(found, told);
    }

    #[test]
    fn due_dates_grow_strictly(cycle in cycles(), from in days()) {
        let dates: Vec<Date> = cycle.due_from(from).take(40).collect();
        prop_assert!(dates.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", dates);
        prop_assert!(dates.iter().all(|due| *due >= from));
    }

    #[test]
    fn where_one_begins_to_count_never_moves_a_due_date(cycle in cycles(), from in days(), later in 0_usize..400) {
        let dates: Vec<Date> = cycle.due_from(from).take(6).collect();
        if let Some(some) = dates.get(later % 6) {
            let again: Vec<Date> = cycle.due_from(*some).take(6 - later % 6).collect();
            prop_assert_eq!(&dates[later % 6..], &again[..]);
            prop_assert_eq!(cycle.due_until(*some), Some(*some));
        }
    }

    #[test]
    fn the_latest_due_date_is_the_one_before_the_next(cycle in cycles(), day in days()) {
        let until = cycle.due_until(day);
        prop_assert!(until.is_none_or(|due| due <= day && is_due(&cycle, due)));
        if let (Some(until), Some(after)) = (until, cycle.due_after(day).next()) {
            prop_assert_eq!(cycle.due_after(until).next(), Some(after));
            prop_assert_eq!(cycle.start(after), Some(until));
        }
    }

    #[test]
    fn a_due_day_is_zero_days_away_in_every_zone(cycle in cycles(), from in days(), zone in prop::sample::select(vec![
        "UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Pacific/Kiritimati",
    ]), hour in 0_i8..24) {
        if let Some(due) = cycle.due_from(from).next() {
            let standing = Standing { cycle, paid: None, since: None, by_itself: false };
            let there = due.at(hour, 30, 0, 0).to_zoned(TimeZone::get(zone).unwrap()).unwrap();
            // A zone that skipped this whole day has none: Apia's 30 December 2011.
            let today = there.date();
            prop_assert!(today == due || zone == "Pacific/Apia");
            prop_assert_eq!(standing.next(due), Some(due));
            prop_assert_eq!(days_between(due, standing.next(due).unwrap()), 0);
        }
    }

    #[test]
    fn what_is_paid_is_never_open(standing in standings(), today in days()) {
        let open: Vec<Date> = standing.open(today).take(20).collect();
        prop_assert!(open.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(open.iter().all(|due| standing.paid.is_none_or(|paid| *due > paid)));
        prop_assert!(!standing.by_itself || open.iter().all(|due| *due >= today));
        prop_assert!(open.iter().all(|due| standing.is_open(*due, today)));
    }

    #[test]
    fn a_payment_settles_the_due_date_it_covers_and_none_after_it(
        standing in standings(), today in days(), day in prop::option::of(days()),
    ) {
        if let Some(covered) = standing.covers(day, today) {
            prop_assert!(is_due(&standing.cycle, covered));
            let settled = Standing { paid: Some(covered), by_itself: false, ..standing };
            prop_assert!(!settled.is_open(covered, today));
            prop_assert_eq!(settled.next(today), standing.cycle.due_after(covered).next());
        }
    }

    #[test]
    fn marking_what_is_due_leaves_nothing_overdue(standing in standings(), today in days()) {
        if let Some(covered) = standing.covers(None, today) {
            let settled = Standing { paid: standing.paid.max(Some(covered)), ..standing };
            prop_assert_eq!(settled.overdue(today), 0);
        }
    }

    #[test]
    fn a_reminder_is_about_an_open_due_date_and_its_day_has_come(
        standing in standings(), today in days(), ahead in prop::collection::vec(0_u16..=365, 0..5),
    ) {
        if let Some(reminder) = standing.reminder(&ahead, today) {
            prop_assert!(standing.is_open(reminder.due, today));
            prop_assert!(days_between(today, reminder.due) <= reminder.days);
            prop_assert!(reminder.days < 0 || ahead.iter().any(|days| i64::from(*days) == reminder.days));
        }
    }

    #[test]
    fn from_day_to_day_a_reminder_is_only_followed_by_later_ones(
        standing in standings(), from in days(), ahead in prop::collection::vec(0_u16..=40, 0..4),
    ) {
        let told: Vec<_> = walk(from, 120).filter_map(|today| standing.reminder(&ahead, today)).collect();
        let mut seen = Vec::new();
        for reminder in told {
            if seen.last() != Some(&reminder) {
                prop_assert!(!seen.contains(&reminder), "{:?} came back after {:?}", reminder, seen);
                seen.push(reminder);
            }
        }
    }
}
