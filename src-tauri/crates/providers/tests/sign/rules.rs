//! What the published rules say of every signature: order, encoding, and what is refused.

use proptest::prelude::*;
use tidegate_egress::Method;
use tidegate_providers::sign::{Algorithm, SignError, Signable, UnknownAlgorithm, canonical_query};

use crate::support::{AT, Ask, NONCE, parameter, value};

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn everything_but_the_unreserved_characters_is_encoded() {
    let cases = [
        (pair("k", "a b"), "k=a%20b"),
        (pair("k", "a+b"), "k=a%2Bb"),
        (pair("k", "*"), "k=%2A"),
        (pair("k", "~-_."), "k=~-_."),
        (pair("k", "!'()"), "k=%21%27%28%29"),
        (pair("k", "余额"), "k=%E4%BD%99%E9%A2%9D"),
        (pair("k", "💰"), "k=%F0%9F%92%B0"),
        (pair("k", "100%"), "k=100%25"),
        (pair("a/b", "c&d=e"), "a%2Fb=c%26d%3De"),
        (pair("k", ""), "k="),
    ];
    for (pair, expected) in cases {
        assert_eq!(canonical_query(&[pair]), expected);
    }
}

#[test]
fn names_are_sorted_as_bytes_of_their_encoded_form_and_then_by_value() {
    let pairs = [
        pair("b", "2"),
        pair("N.2", "x"),
        pair("N.10", "x"),
        pair("b", "1"),
        pair("B", "3"),
        pair("é", "4"),
        pair("b", "10"),
    ];
    assert_eq!(canonical_query(&pairs), "%C3%A9=4&B=3&N.10=x&N.2=x&b=1&b=10&b=2");
}

#[test]
fn plus_and_percent_twenty_are_the_same_space_and_a_name_alone_has_an_empty_value() {
    let read = |target: &'static str| Signable::from_wire("GET", target, Vec::new(), b"").query;
    assert_eq!(read("/?a=1+2&b"), read("/?a=1%202&b="));
    assert_eq!(read("/?a=1%2B2"), [pair("a", "1+2")]);
    assert_eq!(read("/?a=1&&a=1").len(), 2, "a repeated pair stays repeated");
    assert_eq!(read("/"), []);
}

#[test]
fn the_names_of_the_algorithms_are_those_of_the_descriptions() {
    let names = ["tc3", "acs3", "acs_rpc1", "volc", "huawei_sdk", "sigv4"];
    for (algorithm, name) in Algorithm::ALL.into_iter().zip(names) {
        assert_eq!(name.parse(), Ok(algorithm));
        assert_eq!(algorithm.name(), name);
    }
    let error = "TC3".parse::<Algorithm>().unwrap_err();
    assert_eq!(error, UnknownAlgorithm("TC3".to_owned()));
    assert!(error.to_string().contains("acs_rpc1"), "it names what is allowed");
}

#[test]
fn each_part_that_a_signature_covers_changes_it() {
    for algorithm in Algorithm::ALL {
        let mut usual = Ask::usual(algorithm).header("content-type", "application/x-www-form-urlencoded");
        usual.method = Method::Post;
        let before = usual.signature();
        let changed = |change: &dyn Fn(&mut Ask)| {
            let mut ask = usual.clone();
            change(&mut ask);
            ask.signature()
        };
        let mut parts = vec![
            ("method", changed(&|ask| ask.method = Method::Get)),
            ("query", changed(&|ask| ask.url.push_str("?a=1"))),
            ("body", changed(&|ask| ask.body = "b=1".to_owned())),
        ];
        if algorithm != Algorithm::AcsRpc1 {
            parts.push((
                "host",
                changed(&|ask| ask.url = "https://other.example/".to_owned()),
            ));
        }
        for (part, after) in parts {
            assert_ne!(before, after, "{algorithm:?}: {part}");
        }
    }
}

#[test]
fn only_the_algorithms_with_a_nonce_differ_by_it_and_all_differ_by_the_second() {
    for algorithm in Algorithm::ALL {
        let ask = Ask::usual(algorithm);
        let signed = ask.sign();
        let has_nonce = matches!(algorithm, Algorithm::Acs3 | Algorithm::AcsRpc1);
        assert_eq!(
            ask.sign_with_nonce([7; 16]) != signed,
            has_nonce,
            "{algorithm:?}: nonce"
        );
        let later = AT.plus(std::time::Duration::from_secs(1));
        assert_ne!(
            ask.sign_at(later, NONCE).unwrap(),
            signed,
            "{algorithm:?}: instant"
        );
        assert_eq!(
            ask.sign(),
            signed,
            "{algorithm:?}: the same request is signed alike"
        );
    }
}

#[test]
fn a_temporary_key_sends_its_token_where_the_cloud_looks_for_it() {
    let places = [
        (Algorithm::Tc3, "x-tc-token"),
        (Algorithm::Acs3, "x-acs-security-token"),
        (Algorithm::Volcengine, "x-security-token"),
        (Algorithm::Huawei, "x-security-token"),
        (Algorithm::SigV4, "x-amz-security-token"),
    ];
    let with_token = |algorithm| {
        let mut ask = Ask::usual(algorithm);
        ask.token = Some("FAKE-token+/=");
        ask
    };
    for (algorithm, name) in places {
        let signed = with_token(algorithm).sign();
        assert_eq!(value(&signed, name), Some("FAKE-token+/="), "{algorithm:?}");
        let authorization = value(&signed, "authorization").unwrap();
        let covered = authorization.contains(name);
        assert_eq!(covered, algorithm != Algorithm::Tc3, "{algorithm:?} signs it");
    }
    let signed = with_token(Algorithm::AcsRpc1).sign();
    assert_eq!(
        parameter(&signed, "SecurityToken").as_deref(),
        Some("FAKE-token+/=")
    );
}

#[test]
fn the_order_and_the_case_of_headers_make_no_difference() {
    for algorithm in Algorithm::ALL {
        let one = Ask::usual(algorithm)
            .header("Content-Type", "application/json")
            .header("X-Amz-Meta", "1");
        let other = Ask::usual(algorithm)
            .header("x-amz-meta", "1")
            .header("content-type", "application/json");
        assert_eq!(one.signature(), other.signature(), "{algorithm:?}");
    }
}

#[test]
fn a_port_of_its_own_is_signed_and_the_usual_one_is_not() {
    for algorithm in [Algorithm::Tc3, Algorithm::Volcengine, Algorithm::SigV4] {
        let at = |url: &str| {
            let mut ask = Ask::usual(algorithm);
            ask.url = url.to_owned();
            ask.signature()
        };
        assert_eq!(at("https://cloud.example/"), at("https://cloud.example:443/"));
        assert_ne!(at("https://cloud.example/"), at("https://cloud.example:8443/"));
    }
}

#[test]
fn what_belongs_to_the_signature_may_not_stand_in_the_draft() {
    let cases = [
        (Algorithm::Tc3, "X-TC-Timestamp"),
        (Algorithm::Acs3, "x-acs-date"),
        (Algorithm::Volcengine, "X-Date"),
        (Algorithm::Huawei, "x-sdk-date"),
        (Algorithm::SigV4, "x-amz-date"),
        (Algorithm::SigV4, "Authorization"),
        (Algorithm::Volcengine, "Host"),
    ];
    for (algorithm, name) in cases {
        let refused = Ask::usual(algorithm).header(name, "1").try_sign().unwrap_err();
        assert_eq!(
            refused,
            SignError::Taken(name.to_ascii_lowercase()),
            "{algorithm:?}"
        );
    }
    let twice = Ask::usual(Algorithm::Huawei).header("a", "1").header("A", "2");
    assert_eq!(twice.try_sign().unwrap_err(), SignError::Taken("a".to_owned()));
    let mut rpc = Ask::usual(Algorithm::AcsRpc1);
    rpc.url.push_str("?Signature=FAKE");
    assert_eq!(
        rpc.try_sign().unwrap_err(),
        SignError::Taken("Signature".to_owned())
    );
}

#[test]
fn a_request_that_cannot_be_signed_says_what_is_missing() {
    let mut nameless = Ask::usual(Algorithm::Volcengine);
    nameless.scope.region = "";
    assert!(matches!(
        nameless.try_sign(),
        Err(SignError::NeedsScope("service and a region"))
    ));
    let mut keyless = Ask::usual(Algorithm::Huawei);
    keyless.ak = "";
    assert_eq!(keyless.try_sign().unwrap_err(), SignError::Empty("access key"));
    keyless.ak = "AK\nFAKE";
    assert_eq!(
        keyless.try_sign().unwrap_err(),
        SignError::Unsendable("access key")
    );
    let mut json = Ask::usual(Algorithm::AcsRpc1).header("content-type", "application/json");
    json.body = "{}".to_owned();
    assert_eq!(json.try_sign().unwrap_err(), SignError::Body);
    let mut hostless = Ask::usual(Algorithm::SigV4);
    hostless.url = "data:text/plain,FAKE".to_owned();
    assert_eq!(hostless.try_sign().unwrap_err(), SignError::NoHost);
}

#[test]
fn what_was_signed_shows_no_value_when_it_is_printed() {
    for algorithm in Algorithm::ALL {
        let mut ask = Ask::usual(algorithm);
        ask.ak = "AKFAKECANARY";
        let shown = format!("{:?}", ask.sign());
        assert!(!shown.contains("CANARY"), "{shown}");
    }
}

proptest! {
    #[test]
    fn the_order_of_a_query_makes_no_difference_and_reading_it_back_gives_the_same_pairs(
        mut pairs in prop::collection::vec(("[^\u{0}]{1,6}", "\\PC{0,8}"), 0..8),
        turn in 0_usize..8,
    ) {
        let canonical = canonical_query(&pairs);
        let mut turned = pairs.clone();
        let by = turn.min(turned.len());
        turned.rotate_left(by);
        prop_assert_eq!(&canonical_query(&turned), &canonical);
        let target = format!("/?{canonical}");
        let mut back = Signable::from_wire("GET", &target, Vec::new(), b"").query;
        back.sort();
        pairs.sort();
        prop_assert_eq!(back, pairs);
    }

    #[test]
    fn the_query_leaves_as_it_was_signed(value in "\\PC{0,12}") {
        for algorithm in Algorithm::ALL {
            let mut ask = Ask::usual(algorithm);
            let query: String = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("q", &value)
                .finish();
            ask.url = format!("https://cloud.example/?{query}");
            let signed = ask.sign();
            prop_assert_eq!(parameter(&signed, "q"), Some(value.clone()));
            prop_assert!(!signed.url.query().unwrap().contains('+'), "a space is never a plus");
        }
    }
}
