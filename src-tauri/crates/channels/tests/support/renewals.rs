//! One of every message about renewals.

use tidegate_channels::{Message, RenewalRef, Repeats};
use tidegate_guard::Severity;
use tidegate_meter::{Quantity, RenewalId};

use super::{now, zone};

fn renewal(repeats: Repeats) -> RenewalRef {
    RenewalRef {
        id: RenewalId::new("domain").unwrap(),
        name: "example.org".to_owned(),
        owner: Some("运维组".to_owned()),
        repeats,
        amount: Some(Quantity::parse("68", "CNY".parse().unwrap()).unwrap()),
        by_itself: false,
        note: None,
    }
}

/// A date so many days from today.
fn day(days: i64) -> jiff::civil::Date {
    let today = now().to_jiff().to_zoned(zone().jiff().clone()).date();
    today.checked_add(jiff::Span::new().days(days)).unwrap()
}

/// Each with a name and how loud it is.
pub fn all() -> Vec<(&'static str, Severity, Message)> {
    let due = |renewal, left, days, earlier| Message::RenewalDue {
        renewal,
        due: day(left),
        days,
        earlier,
    };
    let yearly = renewal(Repeats::Yearly { month: 2, day: 29 });
    let monthly = renewal(Repeats::Monthly { day: 31 });
    let by_itself = RenewalRef {
        by_itself: true,
        owner: None,
        amount: None,
        note: Some("card ending 0000 FAKE".to_owned()),
        ..renewal(Repeats::Weekly { weekday: 1 })
    };
    let settled = |renewal, next| Message::RenewalSettled {
        renewal,
        paid: day(0),
        next,
    };
    vec![
        ("renewal_due_ahead", Severity::Warning, due(yearly, 3, 3, 0)),
        (
            "renewal_due_today",
            Severity::Critical,
            due(monthly.clone(), 0, 0, 2),
        ),
        (
            "renewal_due_overdue",
            Severity::Warning,
            due(renewal(Repeats::Days { count: 90 }), -7, -7, 1),
        ),
        ("renewal_due_by_itself", Severity::Info, due(by_itself, 1, 3, 0)),
        (
            "renewal_due_trial",
            Severity::Warning,
            due(renewal(Repeats::Trial), 2, 3, 0),
        ),
        ("renewal_settled", Severity::Info, settled(monthly, Some(day(31)))),
        (
            "renewal_settled_last",
            Severity::Info,
            settled(renewal(Repeats::Once), None),
        ),
    ]
}
