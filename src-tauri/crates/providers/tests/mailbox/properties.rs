//! Any bytes give a mail or none, and a verdict or none: never a panic, never more than is kept.

use proptest::prelude::*;
use tidegate_providers::mailbox::{Judge, Mail, OwnRules};

use crate::support::{RECEIVED, judge};

thread_local! {
    /// Its patterns are built once: each case only asks.
    static JUDGE: Judge = judge(&OwnRules::default());
}

fn look(bytes: &[u8]) {
    let Some(mail) = Mail::parse(bytes) else {
        return;
    };
    assert!(mail.subject.chars().count() <= 200 && mail.from.chars().count() <= 400);
    assert!(mail.text.chars().count() <= 2 * 64 * 1024 + 64);
    let (candidate, verdict) = JUDGE.with(|judge| (judge.is_candidate(&mail), judge.judge(&mail, RECEIVED)));
    assert!(candidate || verdict.is_none(), "what a rule takes is fetched");
}

/// Pieces that mails are made of, so that arbitrary sequences reach deep.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"From: a@aliyun.com\r\n".to_vec()),
        Just(b"Subject: =?gb2312?B?".to_vec()),
        Just(b"Content-Type: text/html; charset=gb18030\r\n".to_vec()),
        Just(b"Content-Type: multipart/mixed; boundary=x\r\n".to_vec()),
        Just(b"Content-Transfer-Encoding: base64\r\n".to_vec()),
        Just(b"Content-Transfer-Encoding: quoted-printable\r\n".to_vec()),
        Just(b"Authentication-Results: a; (\"\\".to_vec()),
        Just(b"\r\n--x\r\n".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        Just(b"<script>&#x;<!--<p a='>'>".to_vec()),
        Just(
            "余额：¥-1,234.56元 低于 到期 2026-12-01 3天 ￥"
                .as_bytes()
                .to_vec()
        ),
        Just(b"balance $ -1,2.3.4 USD due in 999 days 9999-99-99".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..40),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
        look(&bytes);
    }

    #[test]
    fn pieces_of_mails_never_panic(bytes in pieces()) {
        look(&bytes);
    }
}
