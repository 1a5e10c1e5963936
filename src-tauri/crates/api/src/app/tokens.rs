//! Tokens of other programs: made, listed, revoked, and let in. Owns what a token is (256 random bits, of which only the
//! SHA-256 is kept) and that the last use is written at most once a minute. Compares in constant time; never logs a token.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tidegate_meter::handover::{EnrolBody, Enrolled, HandIn};
use tidegate_meter::{RowId, Time};
use tidegate_store::TokenRow;
use tokio::sync::RwLock;

use super::App;
use crate::door::{Admitted, Door, Measured, Pulse, Scope, TOKEN_PREFIX, Taken};
use crate::response::{MadeToken, ShownOnce, TokenView};
use crate::{ApiError, ErrorCode, Response, limits};

/// What is asked of a token that is shown, without the database.
#[derive(Default)]
pub(super) struct Keys {
    /// Read once, and anew after every change.
    known: RwLock<Option<Vec<TokenRow>>>,
    /// When the use of each was written last.
    written: Mutex<BTreeMap<RowId, Time>>,
}

impl App {
    pub(super) async fn tokens(&self) -> Result<Response, ApiError> {
        let rows = self.store.tokens().await?;
        Ok(Response::Tokens(rows.iter().map(view).collect()))
    }

    pub(super) async fn create_token(
        &self,
        name: &str,
        scopes: &[Scope],
        seconds: Option<u64>,
        by: &str,
    ) -> Result<Response, ApiError> {
        let now = self.now();
        self.check_new(name, scopes, now).await?;
        let expires_at = match seconds {
            Some(seconds) => Some(self.until(seconds, limits::TOKEN_LIFE_MAX)?),
            None => None,
        };
        let (token, row) = self.fresh_token(name, scopes)?;
        let row = TokenRow { expires_at, ..row };
        self.engine.create_token(row.clone(), by).await?;
        self.forget_keys().await;
        Ok(Response::MadeToken(MadeToken {
            token: view(&row),
            secret: ShownOnce(token),
        }))
    }

    /// A token that nobody keeps yet, and its row.
    pub(super) fn fresh_token(&self, name: &str, scopes: &[Scope]) -> Result<(String, TokenRow), ApiError> {
        let token = format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(random::<32>()?));
        let row = TokenRow {
            id: self.engine.row_id(),
            name: name.to_owned(),
            hash: hash(&token),
            scopes: words(scopes),
            created_at: self.now(),
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
        };
        Ok((token, row))
    }

    async fn check_new(&self, name: &str, scopes: &[Scope], now: Time) -> Result<(), ApiError> {
        let chars = name.chars().count();
        if chars == 0 || chars > limits::NAME_CHARS || name.chars().any(char::is_control) {
            return Err(bad("name: 1 to 100 characters in one line"));
        }
        if scopes.is_empty() {
            return Err(bad("scopes: at least one of read, write, act, ingest"));
        }
        let standing = self.store.tokens().await?;
        let mut standing = standing.iter().filter(|row| stands(row, now));
        if standing.clone().count() >= limits::TOKENS {
            return Err(ApiError::new(
                ErrorCode::Refused,
                "100 tokens stand already; revoke one that is not used",
            ));
        }
        if standing.any(|row| row.name == name) {
            return Err(ApiError::new(
                ErrorCode::Refused,
                "name: a token of that name stands already; take another",
            ));
        }
        Ok(())
    }

    /// Revoking what is revoked already changes nothing.
    pub(super) async fn revoke_token(&self, id: RowId, by: &str) -> Result<Response, ApiError> {
        let rows = self.store.tokens().await?;
        let row = rows.iter().find(|row| row.id == id);
        let row = row.ok_or_else(|| ApiError::new(ErrorCode::NotFound, format!("there is no token {id}")))?;
        if row.revoked_at.is_none() {
            self.engine.revoke_token(row, by).await?;
        }
        self.forget_keys().await;
        Ok(Response::Done)
    }

    /// The tokens that stand.
    pub(crate) async fn standing_tokens(&self) -> Result<BTreeSet<RowId>, ApiError> {
        let (rows, now) = (self.store.tokens().await?, self.now());
        let standing = rows.iter().filter(|row| stands(row, now));
        Ok(standing.map(|row| row.id).collect())
    }

    /// Ends all tokens but these.
    pub(crate) async fn end_other_tokens(&self, kept: &BTreeSet<RowId>, by: &str) -> Result<(), ApiError> {
        let rows = self.store.tokens().await?;
        let others = rows
            .iter()
            .filter(|row| row.revoked_at.is_none() && !kept.contains(&row.id));
        for row in others {
            self.engine.revoke_token(row, by).await?;
        }
        self.forget_keys().await;
        Ok(())
    }

    /// Whose token this is, if it stands.
    async fn admit_token(&self, token: &str) -> Result<Option<Admitted>, ApiError> {
        if !token.starts_with(TOKEN_PREFIX) || token.len() > limits::TOKEN_BYTES {
            return Ok(None);
        }
        let (shown, now) = (hash(token), self.now());
        let found = self.with_keys(|rows| row_of(rows, &shown, now)).await?;
        if let Some(admitted) = &found {
            self.note_use(admitted.id, now).await;
        }
        Ok(found)
    }

    /// Whether any token stands.
    async fn any_token(&self) -> Result<bool, ApiError> {
        let now = self.now();
        self.with_keys(|rows| rows.iter().any(|row| stands(row, now)))
            .await
    }

    async fn with_keys<T>(&self, look: impl Fn(&[TokenRow]) -> T) -> Result<T, ApiError> {
        if let Some(rows) = self.keys.known.read().await.as_deref() {
            return Ok(look(rows));
        }
        let mut known = self.keys.known.write().await;
        let mut rows = self.store.tokens().await?;
        rows.retain(|row| row.revoked_at.is_none());
        let told = look(&rows);
        *known = Some(rows);
        Ok(told)
    }

    pub(super) async fn forget_keys(&self) {
        *self.keys.known.write().await = None;
    }

    /// The first use in a minute is written. One that cannot be written keeps nobody out.
    async fn note_use(&self, id: RowId, now: Time) {
        {
            let mut written = self.keys.written.lock().unwrap_or_else(PoisonError::into_inner);
            let young = |at: &Time| now.since(*at) < USE_WRITTEN;
            if written.get(&id).is_some_and(young) {
                return;
            }
            written.insert(id, now);
        }
        if let Err(error) = self.engine.note_token_used(id, now).await {
            tracing::warn!(%error, "the last use of a token could not be written");
        }
    }
}

#[async_trait]
impl Door for App {
    async fn admit(&self, token: &str) -> Result<Option<Admitted>, ApiError> {
        self.admit_token(token).await
    }

    async fn has_tokens(&self) -> Result<bool, ApiError> {
        self.any_token().await
    }

    async fn measured(&self) -> Result<Measured, ApiError> {
        Ok(Measured {
            config: self.config_measured(),
            ..self.engine.measured().await?
        })
    }

    async fn pulse(&self) -> Pulse {
        let pulse = self.engine.pulse();
        Pulse {
            open: true,
            running: pulse.running,
            holder: pulse.holder,
            writable: pulse.writable,
            config_refused: self.refuses_config(),
        }
    }

    fn told(&self) -> Option<u64> {
        Some(self.engine.told())
    }

    async fn enrol(&self, body: &EnrolBody) -> Result<Option<Enrolled>, ApiError> {
        self.enrol_agent(body).await
    }

    async fn ingest(&self, agent: &Admitted, hand_in: &HandIn) -> Result<Taken, ApiError> {
        Ok(self.engine.ingest(agent.id, hand_in).await?)
    }

    fn listens(&self, at: SocketAddr) {
        self.listening.at(at);
    }
}

/// Between two writes of the last use of one token.
const USE_WRITTEN: Duration = Duration::from_secs(60);

/// Every row is compared, whether one was found or not.
fn row_of(rows: &[TokenRow], shown: &[u8; 32], now: Time) -> Option<Admitted> {
    let mut found = None;
    for row in rows {
        let same: bool = row.hash.ct_eq(shown).into();
        if same && stands(row, now) {
            found = Some(row);
        }
    }
    found.map(|row| Admitted {
        id: row.id,
        name: row.name.clone(),
        scopes: scopes(&row.scopes),
    })
}

fn stands(row: &TokenRow, now: Time) -> bool {
    row.revoked_at.is_none() && row.expires_at.is_none_or(|end| end > now)
}

/// Random bytes of the system. Errors: `outside`.
pub(super) fn random<const N: usize>() -> Result<[u8; N], ApiError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| {
        ApiError::new(
            ErrorCode::Outside,
            "the system gives no random numbers; try again",
        )
    })?;
    Ok(bytes)
}

/// A token has 256 bits of its own, and a code 80 that live for minutes: a slow hash would add nothing.
pub(super) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn words(scopes: &[Scope]) -> String {
    let held = Scope::ALL.into_iter().filter(|scope| scopes.contains(scope));
    held.map(Scope::word).collect::<Vec<_>>().join(" ")
}

/// A word that this version does not know allows nothing.
fn scopes(words: &str) -> Vec<Scope> {
    words.split(' ').filter_map(Scope::of).collect()
}

fn view(row: &TokenRow) -> TokenView {
    TokenView {
        id: row.id,
        name: row.name.clone(),
        scopes: scopes(&row.scopes),
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
    }
}

fn bad(detail: &str) -> ApiError {
    ApiError::new(ErrorCode::BadRequest, detail)
}
