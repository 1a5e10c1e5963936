//! The answer that grants a token with one thing broken: the same token, another that is told, or a refusal without a word
//! of what was sent.

use crate::mutate::json::mutants;
use crate::mutate::judge::{Told, Trial, Truth};
use crate::mutate::mutant::Kind;
use crate::support::{Client, Reply, granted, json};

/// Another token is another truth, as far as anybody can see.
const TRUTHS: &[Truth] = &[("/access_token", &[Kind::OtherType, Kind::Huge, Kind::Truncated])];

async fn told(answer: Reply) -> Told {
    match Client::new([answer]).bearer().await {
        Ok(token) => {
            let mut told = Told::default();
            told.know_zero("token", token.is_empty());
            told.know(token);
            told
        }
        Err(error) => Told::nothing(format!("{error} {error:?}")),
    }
}

#[tokio::test]
async fn a_broken_grant_is_the_same_token_or_none() {
    let whole = granted("FAKE-token", 3600).unwrap();
    let body = String::from_utf8(whole.body.to_vec()).unwrap();
    let mut trial = Trial::new("token", told(Ok(whole)).await, TRUTHS, &[]);
    for mutant in mutants("token", &body) {
        let mut answer = json(200, "").unwrap();
        answer.body = mutant.bytes.clone().into();
        trial.judge(&mutant, &told(Ok(answer)).await);
    }
    assert_eq!(trial.end(), [""; 0], "exemptions that nothing needs");
}
