//! The signer against vectors made with the official SDK; the first is the worked example of Huawei's own guide.

use base64::Engine as _;
use serde_json::Value;
use tidegate_providers::sign::huawei::{
    DATE_HEADER, authorization, canonical_request, names_to_sign, parse_authorization, string_to_sign, verify,
};
use tidegate_providers::sign::{Signable, canonical_query};

/// Corners of the SDK whose treatment by the real gateway nobody has seen; none of our requests has them.
const INFORMATIONAL: [&str; 2] = ["pub-17-info-sort-raw-vs-encoded", "pub-18-info-encoded-slash"];

/// What somebody on the way did to a request.
type Change = fn(&mut Signable<'_>);

struct Vector {
    raw: Value,
    body: Vec<u8>,
}

impl Vector {
    fn text(&self, pointer: &str) -> &str {
        self.raw
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn request(&self) -> Signable<'_> {
        let pairs = self.raw["request"]["query"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut headers: Vec<(String, String)> = self.raw["request"]["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), text(value)))
            .collect();
        headers.push(("Host".to_owned(), self.text("/request/host").to_owned()));
        headers.push((
            DATE_HEADER.to_owned(),
            self.text("/request/x_sdk_date").to_owned(),
        ));
        for (header, field) in [
            ("X-Security-Token", "/credentials/security_token"),
            ("X-Project-Id", "/credentials/project_id"),
            ("X-Domain-Id", "/credentials/domain_id"),
        ] {
            if !self.text(field).is_empty() {
                headers.push((header.to_owned(), self.text(field).to_owned()));
            }
        }
        if self.text("/request/headers/Content-Type") == "text/plain" {
            headers.push(("X-Sdk-Content-Sha256".to_owned(), "UNSIGNED-PAYLOAD".to_owned()));
        }
        Signable {
            method: self.text("/request/method"),
            path: self.text("/request/path"),
            query: pairs
                .iter()
                .map(|pair| (text(&pair[0]), text(&pair[1])))
                .collect(),
            headers,
            body: &self.body,
        }
    }

    fn incoming(&self) -> Signable<'_> {
        let headers = self.raw["expected"]["headers_sent"].as_object().unwrap();
        Signable::from_wire(
            self.text("/request/method"),
            self.text("/expected/request_target"),
            headers
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                .collect(),
            &self.body,
        )
    }
}

fn vectors() -> Vec<Vector> {
    let file: Value = serde_json::from_str(include_str!("vectors/huawei.json")).unwrap();
    let gate: Vec<Vector> = file["vectors"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|raw| !INFORMATIONAL.contains(&raw["id"].as_str().unwrap()))
        .map(|raw| Vector {
            body: base64::engine::general_purpose::STANDARD
                .decode(raw["request"]["body_base64"].as_str().unwrap())
                .unwrap(),
            raw: raw.clone(),
        })
        .collect();
    assert_eq!(
        gate.len(),
        16,
        "every vector but the informational ones is a gate"
    );
    gate
}

#[test]
fn every_vector_is_signed_as_the_official_sdk_signs_it() {
    for vector in vectors() {
        let (id, request) = (vector.text("/id"), vector.request());
        let canonical = canonical_request(&request, &names_to_sign(&request));
        assert_eq!(canonical, vector.text("/expected/canonical_request"), "{id}");
        let text = string_to_sign(vector.text("/request/x_sdk_date"), &canonical);
        assert_eq!(text, vector.text("/expected/string_to_sign"), "{id}");
        let header = authorization(
            vector.text("/credentials/ak"),
            vector.text("/credentials/sk"),
            &request,
        );
        assert_eq!(header, vector.text("/expected/authorization"), "{id}");
    }
}

#[test]
fn the_query_on_the_wire_is_the_canonical_one() {
    for vector in vectors() {
        let target = vector.text("/expected/request_target");
        let sent = target.split_once('?').map_or("", |(_, query)| query);
        assert_eq!(
            canonical_query(&vector.request().query),
            sent,
            "{}",
            vector.text("/id")
        );
    }
}

#[test]
fn an_incoming_request_is_verified_as_it_stands_on_the_wire() {
    for vector in vectors() {
        let (id, incoming) = (vector.text("/id"), vector.incoming());
        let presented = parse_authorization(vector.text("/expected/authorization")).unwrap();
        assert_eq!(presented.access, vector.text("/credentials/ak"), "{id}");
        assert!(
            verify(vector.text("/credentials/sk"), &incoming, &presented),
            "{id}"
        );
        assert!(
            !verify("FAKE-other-key", &incoming, &presented),
            "{id}: another key"
        );
    }
}

#[test]
fn a_changed_request_is_refused() {
    let vector = vectors()
        .into_iter()
        .find(|v| v.text("/id") == "pub-05-ecs-stop")
        .unwrap();
    let (sk, presented) = (
        vector.text("/credentials/sk"),
        parse_authorization(vector.text("/expected/authorization")).unwrap(),
    );
    let changes: [(&str, Change); 5] = [
        ("another body", |request| request.body = b"{}"),
        ("another path", |request| {
            request.path = "/v1/other/cloudservers/action";
        }),
        ("one more parameter", |request| {
            request.query.push(("a".into(), "b".into()));
        }),
        ("a signed header is gone", |request| {
            request.headers.retain(|(name, _)| name != "Host");
        }),
        ("no date", |request| {
            request.headers.retain(|(name, _)| name != "X-Sdk-Date");
        }),
    ];
    for (what, change) in changes {
        let mut request = vector.incoming();
        change(&mut request);
        assert!(!verify(sk, &request, &presented), "{what}");
    }
    let mut undated = presented.clone();
    undated.signed_headers.retain(|name| name != DATE_HEADER);
    assert!(
        !verify(sk, &vector.incoming(), &undated),
        "the date must be signed"
    );
}

#[test]
fn a_header_of_another_algorithm_presents_nothing() {
    for text in [
        "",
        "Basic abc",
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SHA256 Access=a, Signature=b",
        "V11-HMAC-SHA256 Access=a, SignedHeaders=b, Signature=c",
    ] {
        assert_eq!(parse_authorization(text), None, "{text:?}");
    }
}
