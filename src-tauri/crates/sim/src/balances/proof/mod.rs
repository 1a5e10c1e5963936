//! Who asks. Owns the check of keys, tokens and signatures, each signature from the vendor's published rules and with
//! code of its own: client and simulator judge each other, and the vendors' own clients judge both. A request is
//! checked over exactly the headers that it says it signed.

mod acs3;
mod acs_rpc1;
mod aws;
mod huawei;
mod tencent;
mod text;
mod volcengine;

pub(crate) use text::pairs;
use tidegate_meter::Time;
pub(crate) use volcengine::{Flaw, claim as volcengine_claim, flaw as volcengine_flaw};

use super::Purses;
use super::dialect::{Dialect, Proof, Refusal, Signer};
use crate::Call;

/// What a request claims, before anything is checked.
pub(crate) struct Claim<'a> {
    /// The access key.
    ak: String,
    /// The names of the headers that were signed, empty where there are none.
    signed: Vec<&'a str>,
    /// The signature.
    signature: String,
    /// The credential's scope, where it has one.
    scope: Vec<&'a str>,
}

impl Claim<'_> {
    /// The access key.
    pub(crate) fn ak(&self) -> &str {
        &self.ak
    }

    /// A part of the credential's scope.
    pub(crate) fn scope(&self, index: usize) -> Option<&str> {
        self.scope.get(index).copied()
    }
}

/// The identity that a request names, unproven.
pub(crate) fn named(call: &Call, dialect: &Dialect) -> Option<String> {
    match dialect.proof {
        Proof::Bearer | Proof::Token => bearer(call).map(str::to_owned),
        Proof::Header(name) => call.header(name).map(str::to_owned),
        Proof::Query(name) => call.parameter(name),
        Proof::Signed(signer) => claim(call, signer).map(|claim| claim.ak),
    }
}

/// The position of the purse whose request it is, proven.
pub(crate) fn prove(
    purses: &mut Purses,
    call: &Call,
    dialect: &Dialect,
    now: Time,
) -> Result<usize, Refusal> {
    match dialect.proof {
        Proof::Token => purses
            .by_token(bearer(call).unwrap_or(""), now)
            .ok_or(Refusal::Key),
        Proof::Signed(signer) => signed(purses, call, dialect, signer, now),
        _ => {
            let key = named(call, dialect).ok_or(Refusal::Key)?;
            purses.position(dialect, &key).ok_or(Refusal::Key)
        }
    }
}

fn bearer(call: &Call) -> Option<&str> {
    call.header("authorization")?
        .strip_prefix("Bearer ")
        .map(str::trim)
}

fn claim(call: &Call, signer: Signer) -> Option<Claim<'_>> {
    let header = call.header("authorization");
    match signer {
        Signer::Tencent => text::claim(header?, "TC3-HMAC-SHA256"),
        Signer::Volcengine => volcengine::claim(call),
        Signer::Aws => text::claim(header?, "AWS4-HMAC-SHA256"),
        Signer::Alibaba => match header {
            Some(header) => text::claim(header, "ACS3-HMAC-SHA256"),
            None => acs_rpc1::claim(call),
        },
        Signer::Huawei => huawei::claim(header?),
    }
}

/// Key, then time, then signature, then nonce: in this order the real gateways complain.
fn signed(
    purses: &mut Purses,
    call: &Call,
    dialect: &Dialect,
    signer: Signer,
    now: Time,
) -> Result<usize, Refusal> {
    let claim = claim(call, signer).ok_or(Refusal::Key)?;
    let position = purses.position(dialect, &claim.ak).ok_or(Refusal::Key)?;
    let purse = purses.get_mut(position).ok_or(Refusal::Key)?;
    let sk = purse.param("sk").to_owned();
    let expected = match signer {
        Signer::Tencent => tencent::signature(call, &claim, &sk, now)?,
        Signer::Volcengine => volcengine::signature(call, &claim, &sk, now)?,
        Signer::Aws => aws::signature(call, &claim, &sk, now)?,
        Signer::Huawei => huawei::signature(call, &claim, &sk, now)?,
        Signer::Alibaba if call.header("authorization").is_none() => acs_rpc1::signature(call, &sk, now)?,
        Signer::Alibaba => acs3::signature(call, &claim, &sk, now)?,
    };
    if expected != claim.signature {
        return Err(Refusal::Signature);
    }
    let nonce = match signer {
        Signer::Alibaba => acs_rpc1::nonce(call),
        _ => None,
    };
    match nonce {
        Some(nonce) if !purse.fresh(&nonce) => Err(Refusal::Replay),
        _ => Ok(position),
    }
}
