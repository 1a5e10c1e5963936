//! A clock that is off is corrected once, by the server that complained.

use bytes::Bytes;
use tidegate_egress::Response;
use tidegate_meter::Time;
use tidegate_providers::sign::{Skew, is_clock_complaint};

use crate::support::AT;

fn dated(date: &str) -> Response {
    Response {
        status: 401,
        headers: vec![("date".to_owned(), date.to_owned())],
        body: Bytes::new(),
    }
}

#[test]
fn the_clouds_complaints_about_the_time_are_known_and_no_other_refusal_is_one() {
    for code in [
        "AuthFailure.SignatureExpire",
        "RequestTimeTooSkewed",
        "InvalidTimeStamp.Expired",
        "InvalidTimestamp",
        "com.amazon.coral.service#RequestExpired",
    ] {
        assert!(is_clock_complaint(code), "{code}");
    }
    for code in [
        "AuthFailure.SignatureFailure",
        "SignatureDoesNotMatch",
        "InstanceExpired",
        "Expired",
        "",
    ] {
        assert!(!is_clock_complaint(code), "{code}");
    }
}

#[test]
fn the_servers_date_is_taken_once() {
    let skew = Skew::default();
    assert_eq!(skew.apply(AT), AT, "nothing was learned yet");
    assert_eq!(
        skew.learn(&dated("Tue, 14 Nov 2023 22:43:20 GMT"), AT),
        Some(1_800_000)
    );
    assert_eq!(skew.apply(AT), Time::from_ms(AT.ms() + 1_800_000));
    assert_eq!(
        skew.learn(&dated("Tue, 14 Nov 2023 23:43:20 GMT"), AT),
        None,
        "a second complaint is a refusal"
    );
    assert_eq!(skew.learned(), None, "and ends the correction");
    assert_eq!(
        skew.apply(AT),
        AT,
        "our own clock may have been set right meanwhile"
    );
}

#[test]
fn a_clock_that_is_ahead_is_set_back() {
    let skew = Skew::default();
    assert_eq!(
        skew.learn(&dated("Tue, 14 Nov 2023 22:03:20 GMT"), AT),
        Some(-600_000)
    );
    assert_eq!(skew.apply(AT), Time::from_ms(AT.ms() - 600_000));
}

#[test]
fn an_answer_without_a_date_teaches_nothing() {
    let skew = Skew::default();
    assert_eq!(skew.learn(&dated("soon"), AT), None);
    assert_eq!(skew.learned(), None, "and leaves room for one that has it");
    assert!(skew.learn(&dated("Tue, 14 Nov 2023 22:43:20 GMT"), AT).is_some());
}
