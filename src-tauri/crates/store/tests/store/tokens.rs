//! Tokens of other programs: only what they hash to is kept, and a revoked one stays revoked.

use tidegate_meter::{RowId, Time};
use tidegate_store::{TokenRow, Write};

use crate::support::*;

fn token(number: u8) -> TokenRow {
    TokenRow {
        id: RowId::new(Time::from_ms(1_000 + i64::from(number)), [number; 10]),
        name: format!("program {number}"),
        hash: [number; 32],
        scopes: "read write".to_owned(),
        created_at: Time::from_ms(1_000),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    }
}

#[tokio::test]
async fn a_token_is_kept_as_it_was_made_and_its_last_use_and_end_are_noted() {
    let store = ready().await;
    let (first, second) = (token(1), token(2));
    let made = [Write::PutToken(first.clone()), Write::PutToken(second.clone())];
    store.write(batch(made)).await.unwrap();
    assert_eq!(store.tokens().await.unwrap(), [second.clone(), first.clone()]);
    let (used, ended) = (Time::from_ms(60_000), Time::from_ms(90_000));
    let later = [
        Write::TokenUsed {
            id: first.id,
            at: used,
        },
        Write::RevokeToken {
            id: first.id,
            at: ended,
        },
        Write::RevokeToken {
            id: first.id,
            at: Time::from_ms(99_000),
        },
    ];
    store.write(batch(later)).await.unwrap();
    let rows = store.tokens().await.unwrap();
    let row = rows.iter().find(|row| row.id == first.id).unwrap();
    assert_eq!((row.last_used_at, row.revoked_at), (Some(used), Some(ended)));
    assert!(rows.contains(&second), "the other one is as it was");
}

#[tokio::test]
async fn two_tokens_never_share_a_hash() {
    let store = ready().await;
    store.write(batch([Write::PutToken(token(1))])).await.unwrap();
    let twin = TokenRow {
        hash: [1; 32],
        ..token(2)
    };
    assert!(store.write(batch([Write::PutToken(twin)])).await.is_err());
    assert_eq!(store.tokens().await.unwrap().len(), 1);
}
