//! A request to be signed, with fake keys and the instant of the vectors.

use secrecy::SecretString;
use tidegate_egress::Method;
use tidegate_meter::Time;
use tidegate_providers::sign::{Algorithm, Draft, KeyPair, Scope, SignError, Signed, sign};
use url::Url;

/// 2023-11-14T22:13:20Z.
pub(crate) const AT: Time = Time::from_ms(1_700_000_000_000);
pub(crate) const NONCE: [u8; 16] = [
    0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
];

/// One request, whole.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) algorithm: Algorithm,
    pub(crate) scope: Scope<'static>,
    pub(crate) ak: &'static str,
    pub(crate) token: Option<&'static str>,
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Ask {
    /// A request that every algorithm can sign.
    pub(crate) fn usual(algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            scope: Scope {
                service: "billing",
                region: "cn-north-1",
                action: "",
                version: "",
            },
            ak: "AKFAKE",
            token: None,
            method: Method::Get,
            url: "https://cloud.example/".to_owned(),
            headers: Vec::new(),
            body: String::new(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn try_sign(&self) -> Result<Signed, SignError> {
        self.sign_at(AT, NONCE)
    }

    pub(crate) fn sign_with_nonce(&self, nonce: [u8; 16]) -> Signed {
        self.sign_at(AT, nonce).unwrap()
    }

    pub(crate) fn sign_at(&self, at: Time, nonce: [u8; 16]) -> Result<Signed, SignError> {
        let (ak, sk) = (SecretString::from(self.ak), SecretString::from("fakeSecretKey"));
        let token = self.token.map(SecretString::from);
        let key = KeyPair {
            ak: &ak,
            sk: &sk,
            token: token.as_ref(),
        };
        let url = Url::parse(&self.url).unwrap();
        let draft = Draft {
            method: self.method,
            url: &url,
            headers: &self.headers,
            body: self.body.as_bytes(),
        };
        sign(self.algorithm, &self.scope, &key, &draft, at, nonce)
    }

    pub(crate) fn sign(&self) -> Signed {
        self.try_sign().unwrap()
    }

    /// What stands for the signature on the wire: the `Authorization` header, or the parameter.
    pub(crate) fn signature(&self) -> String {
        let signed = self.sign();
        value(&signed, "authorization")
            .map(str::to_owned)
            .or_else(|| parameter(&signed, "Signature"))
            .unwrap()
    }
}

/// The value of a header of a signed request.
pub(crate) fn value<'a>(signed: &'a Signed, name: &str) -> Option<&'a str> {
    signed
        .headers
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// The value of a parameter of a signed request.
pub(crate) fn parameter(signed: &Signed, name: &str) -> Option<String> {
    signed
        .url
        .query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}
