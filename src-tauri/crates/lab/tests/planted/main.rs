//! Every promise of the table, seen to be broken: for each invariant a sound run of lines that its check lets pass, and
//! the same with one fault planted from outside, which the check - and it alone is asked - must name.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is a failed test"
)]

mod acts;
mod belts;
mod data;
mod kept;
mod looks;
mod scene;
mod spending;
mod told;

use tidegate_lab::check::{ALL, Invariant, STATIC};

/// Plays a scene with or without its fault, and gives what was found.
type Scene = fn(bool) -> Vec<String>;

/// One row for each invariant: the fault in words, and the scene it is planted in.
#[rustfmt::skip]
const PLANTED: &[(Invariant, &str, Scene)] = &[
    (Invariant::S1, "a stop that no intent stands for", belts::s1),
    (Invariant::S2, "a foreign server in the body of a stop", belts::s2),
    (Invariant::S3, "a stop of a healthy package", data::s3),
    (Invariant::S4, "a number that falls to nothing in one look", data::s4),
    (Invariant::S5, "a guard disarmed behind its countdown", belts::s5),
    (Invariant::S6, "four actions of one guard in a day", belts::s6),
    (Invariant::S7, "a stop five minutes after a start by hand", belts::s7),
    (Invariant::S8, "a stop of a locked server", belts::s8),
    (Invariant::S9, "a forced stop without consent", belts::s9),
    (Invariant::S10, "a start of what somebody else stopped", belts::s10),
    (Invariant::S11, "a message that claims a stop that failed", told::s11),
    (Invariant::S12, "a step by a number that was judged before", data::s12),
    (Invariant::S13, "one step in two messages to one channel", told::s13),
    (Invariant::S14, "a message twice without a mark", told::s14),
    (Invariant::S15, "a step by the number of a closed window", data::s15),
    (Invariant::S16, "a reading that does not add up by one byte", data::s16),
    (Invariant::S17, "a stored burn below zero", kept::s17),
    (Invariant::S18, "a request before the countdown ended", acts::s18),
    (Invariant::S19, "a request of a process that is dead", acts::s19),
    (Invariant::S20, "a stop while the disk is full", kept::s20),
    (Invariant::S21, "a stop of a guard whose database was lost", kept::s21),
    (Invariant::S22, "a secret key in a message", told::s22),
    (Invariant::S23, "a stop by the key that watches", told::s23),
    (Invariant::S24, "an audit chain without its newest row", kept::s24),
    (Invariant::S25, "the line of a draft in the guard's own row", kept::s25),
    (Invariant::S27, "eleven calls of one API in a second", told::s27),
    (Invariant::L1, "over the line for an hour and no request", acts::l1),
    (Invariant::L2, "an open intent that nobody goes on with", acts::l2),
    (Invariant::L3, "an unknown that stays one", acts::l3),
    (Invariant::L4, "a failure that nobody is told", acts::l4),
    (Invariant::L5, "a restart that nobody notices", acts::l5),
    (Invariant::L6, "a message that waits for ever", kept::l6),
    (Invariant::L7, "a wake after which nothing is read", looks::l7),
    (Invariant::L8, "a blindness told twice", looks::l8),
    (Invariant::L9, "a look two intervals after the last", looks::l9),
    (Invariant::L10, "an unlocked keychain that nobody asks", looks::l10),
    (Invariant::L11, "a correction that is never shown", looks::l11),
];

#[test]
fn every_promise_has_a_planted_fault_or_is_one_of_the_sources() {
    for invariant in ALL {
        let planted = PLANTED.iter().filter(|(of, ..)| *of == invariant).count();
        let expected = usize::from(!STATIC.contains(&invariant));
        assert_eq!(planted, expected, "{}", invariant.name());
    }
}

#[test]
fn every_planted_fault_is_named_by_its_check_and_a_sound_run_by_none() {
    let mut wrong = Vec::new();
    for (invariant, fault, scene) in PLANTED {
        let sound = scene(false);
        if !sound.is_empty() {
            wrong.push(format!("{}: a false alarm: {sound:?}", invariant.name()));
        }
        if scene(true).is_empty() {
            wrong.push(format!("{}: {fault} was not seen", invariant.name()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
