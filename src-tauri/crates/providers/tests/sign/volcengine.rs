//! The signature against vectors that Volcengine's own clients made, and against requests as they put them on the wire.

use serde_json::Value;
use tidegate_providers::sign::volcengine::{
    authorization, canonical_request, credential_scope, signing_key, string_to_sign,
};
use tidegate_providers::sign::{Algorithm, KeyPair, Scope, Signable, canonical_query};
use url::Url;

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn pairs(value: &Value) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| (name.clone(), word(value)))
            .collect(),
        list => list
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (word(&pair[0]), word(&pair[1])))
            .collect(),
    }
}

fn names(list: &str) -> Vec<String> {
    list.split(';').map(str::to_owned).collect()
}

fn vectors() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("vectors/volcengine.json")).unwrap();
    let all = file["vectors"].as_array().unwrap().clone();
    assert_eq!(all.len(), 15);
    all
}

fn request(vector: &Value) -> Signable<'_> {
    Signable {
        method: text(vector, "/input/method"),
        path: text(vector, "/input/path"),
        query: pairs(&vector["input"]["query"]),
        headers: pairs(&vector["input"]["headers_to_sign"]),
        body: text(vector, "/input/body").as_bytes(),
    }
}

#[test]
fn every_vector_is_signed_as_the_official_clients_sign_it() {
    for vector in vectors() {
        let (name, request) = (text(&vector, "/name"), request(&vector));
        let (region, service) = (text(&vector, "/input/region"), text(&vector, "/input/service"));
        let date = text(&vector, "/input/x_date");
        let sk = text(&vector, "/input/secret_access_key");
        let expected = |field: &str| text(&vector["expected"], &format!("/{field}")).to_owned();
        let signed = names(&expected("signed_headers"));
        assert_eq!(
            canonical_query(&request.query),
            expected("canonical_query"),
            "{name}"
        );
        let canonical = canonical_request(&request, &signed);
        assert_eq!(canonical, expected("canonical_request"), "{name}");
        let scope = credential_scope(date, region, service);
        assert_eq!(scope, expected("credential_scope"), "{name}");
        assert_eq!(
            string_to_sign(date, &scope, &canonical),
            expected("string_to_sign"),
            "{name}"
        );
        let key = signing_key(sk, date, region, service);
        assert_eq!(hex::encode(key), expected("signing_key_hex"), "{name}");
        let keys = (text(&vector, "/input/access_key_id"), sk);
        assert_eq!(
            authorization(keys, (region, service), date, &request, &signed),
            expected("authorization"),
            "{name}"
        );
    }
}

#[test]
fn the_query_of_the_wire_reads_back_as_the_signed_one() {
    for vector in vectors() {
        let target = format!("/?{}", text(&vector, "/wire_query"));
        let arrived = Signable::from_wire("GET", &target, Vec::new(), b"");
        assert_eq!(
            canonical_query(&arrived.query),
            text(&vector, "/expected/canonical_query"),
            "{}",
            text(&vector, "/name")
        );
    }
}

#[test]
fn a_whole_draft_is_signed_as_the_python_clients_sign_it() {
    let ours = vectors().into_iter().filter(|vector| {
        let signed = text(vector, "/expected/signed_headers");
        signed.starts_with("content-type;host;x-content-sha256;x-date")
    });
    let mut seen = 0;
    for vector in ours {
        let (at, url) = (instant(text(&vector, "/input/x_date")), wire_url(&vector));
        let [ak, sk, token] = ["access_key_id", "secret_access_key", "session_token"]
            .map(|field| secrecy::SecretString::from(text(&vector["input"], &format!("/{field}"))));
        let headers: Vec<_> = pairs(&vector["input"]["headers_to_sign"])
            .into_iter()
            .filter(|(name, _)| {
                !["Host", "X-Date", "X-Content-Sha256", "X-Security-Token"].contains(&name.as_str())
            })
            .collect();
        let draft = tidegate_providers::sign::Draft {
            method: method(text(&vector, "/input/method")),
            url: &url,
            headers: &headers,
            body: text(&vector, "/input/body").as_bytes(),
        };
        let key = KeyPair {
            ak: &ak,
            sk: &sk,
            token: vector["input"]["session_token"].is_string().then_some(&token),
        };
        let scope = Scope {
            service: text(&vector, "/input/service"),
            region: text(&vector, "/input/region"),
            ..Scope::default()
        };
        let signed =
            tidegate_providers::sign::sign(Algorithm::Volcengine, &scope, &key, &draft, at, [0; 16]).unwrap();
        let (_, header) = signed.headers.last().unwrap();
        assert_eq!(
            header,
            text(&vector, "/expected/authorization"),
            "{}",
            vector["name"]
        );
        assert_eq!(
            signed.url.query(),
            Some(text(&vector, "/expected/canonical_query"))
        );
        seen += 1;
    }
    assert_eq!(seen, 13, "all but the two of the client that signs no type");
}

fn method(word: &str) -> tidegate_egress::Method {
    match word {
        "GET" => tidegate_egress::Method::Get,
        _ => tidegate_egress::Method::Post,
    }
}

fn wire_url(vector: &Value) -> Url {
    let host = text(vector, "/input/headers_to_sign/Host");
    Url::parse(&format!("https://{host}/?{}", text(vector, "/wire_query"))).unwrap()
}

/// `20231114T221320Z`.
fn instant(basic: &str) -> tidegate_meter::Time {
    let at = jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", basic).unwrap();
    let at = at
        .to_datetime()
        .unwrap()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap();
    tidegate_meter::Time::from_jiff(at.timestamp())
}

/// The `Authorization` header that we would give to a request as it arrived, over the headers that it names.
fn signed_again(file: &Value, item: &Value) -> (String, String) {
    let headers = pairs(&item["headers"]);
    let arrived = Signable::from_wire(
        text(item, "/method"),
        text(item, "/target"),
        headers,
        text(item, "/body").as_bytes(),
    );
    let presented = arrived.header("authorization").unwrap().to_owned();
    let field = |name: &str| {
        let (_, rest) = presented.split_once(&format!("{name}=")).unwrap();
        rest.split(',').next().unwrap().to_owned()
    };
    let credential = field("Credential");
    let parts: Vec<&str> = credential.split('/').collect();
    let (ak, region, service) = (parts[0], parts[2], parts[3]);
    let sk = file["credentials"][ak]["secret"].as_str().unwrap();
    let date = arrived.header("x-date").unwrap();
    let signed = names(&field("SignedHeaders"));
    let ours = authorization((ak, sk), (region, service), date, &arrived, &signed);
    (ours, presented)
}

#[test]
fn requests_as_official_clients_send_them_are_signed_alike_and_changed_ones_are_not() {
    let file: Value = serde_json::from_str(include_str!("vectors/volcengine-wire.json")).unwrap();
    let (mut accepted, mut refused) = (0, 0);
    for item in file["requests"].as_array().unwrap() {
        let (ours, presented) = signed_again(&file, item);
        if text(item, "/expect") == "accept" {
            assert_eq!(ours, presented, "{}", item["name"]);
            accepted += 1;
        } else {
            assert_ne!(ours, presented, "{}", item["name"]);
            refused += 1;
        }
    }
    assert_eq!((accepted, refused), (15, 5));
}
