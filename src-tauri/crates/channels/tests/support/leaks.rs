//! One of every message about leak checks.

use tidegate_channels::{LeakNote, Message};
use tidegate_guard::Severity;
use tidegate_meter::{AccountId, Quantity, Span, Unit};

use super::{DAY, ago, gib};

fn note(elsewhere: bool) -> LeakNote {
    LeakNote {
        account: AccountId::new("airport").unwrap(),
        names: vec!["主力机场".to_owned()],
        elsewhere,
        span: Span {
            start: ago(DAY / 2),
            end: ago(DAY / 4),
        },
        billed: gib(13),
        ours: gib(9),
        difference: gib(4),
        tolerance: gib(3),
        coverage: Quantity::parse("96.5", Unit::Percent).unwrap(),
    }
}

pub fn all() -> Vec<(&'static str, Severity, Message)> {
    let here = LeakNote {
        names: vec!["主力机场".to_owned(), "备用机场".to_owned()],
        billed: gib(9),
        ours: gib(13),
        ..note(false)
    };
    let leak = |leak: LeakNote| Message::Leak { leak: Box::new(leak) };
    vec![
        ("leak_elsewhere", Severity::Warning, leak(note(true))),
        ("leak_here", Severity::Warning, leak(here)),
        (
            "leak_resolved",
            Severity::Info,
            Message::LeakResolved {
                account: AccountId::new("airport").unwrap(),
                names: vec!["主力机场".to_owned()],
                since: ago(DAY),
            },
        ),
    ]
}
