//! Names and row ids. Slugs are chosen by people and stay; row ids are `UUIDv7`, ordered by time.
//! Never generates an id from a clock or randomness of its own: both are passed in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Time, limits};

/// A text that cannot be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a slug.
    #[error("{0:?} is not an id: use 1 to 64 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit")]
    Slug(String),
    /// Not a member id.
    #[error("{0:?} is not a meter or target id: 1 to 160 printable characters without spaces")]
    Member(String),
    /// Not a row id.
    #[error("{0:?} is not a row id")]
    Row(String),
}

fn short(text: &str) -> String {
    text.chars().take(limits::SLUG_CHARS + 8).collect()
}

fn is_slug(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    text.len() <= limits::SLUG_CHARS
        && text
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && text.bytes().all(inner)
}

fn is_member(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= limits::MEMBER_ID_CHARS
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $check:ident, $error:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Checks and keeps the text.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                if $check(&text) { Ok(Self(text)) } else { Err(IdError::$error(short(&text))) }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    };
}

text_id!(
    /// An account: a slug, unique in one store.
    AccountId, is_slug, Slug
);
text_id!(
    /// A guard: a slug, unique in one store.
    GuardId, is_slug, Slug
);
text_id!(
    /// A channel: a slug, unique in one store.
    ChannelId, is_slug, Slug
);
text_id!(
    /// A renewal: a slug, unique in one store.
    RenewalId, is_slug, Slug
);
text_id!(
    /// A mailbox: a slug, unique in one store.
    MailboxId, is_slug, Slug
);
text_id!(
    /// A device whose proxy traffic is counted: a slug, unique in one store.
    DeviceId, is_slug, Slug
);
text_id!(
    /// A meter within its account: the provider's own id of the measured thing.
    MeterId, is_member, Member
);
text_id!(
    /// A target within its account: the provider's own id of a server or sub-account.
    TargetId, is_member, Member
);

/// The id of a stored row: `UUIDv7`, so rows of one kind sort by the time they were made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowId(uuid::Uuid);

impl RowId {
    /// Made at `at` with `entropy`, both given by the caller.
    #[must_use]
    pub fn new(at: Time, entropy: [u8; 10]) -> Self {
        let ms = u64::try_from(at.ms()).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(ms, &entropy).into_uuid())
    }

    /// The sixteen bytes, as stored.
    #[must_use]
    pub const fn bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }

    /// From the sixteen stored bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Uuid::from_bytes(bytes))
    }

    /// The last eight hexadecimal digits: short enough to read aloud, printed in messages to tell repeats apart.
    #[must_use]
    pub fn short(self) -> String {
        let text = self.0.simple().to_string();
        text.chars().skip(24).collect()
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.hyphenated(), f)
    }
}

impl fmt::Debug for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for RowId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        uuid::Uuid::parse_str(text)
            .map(Self)
            .map_err(|_| IdError::Row(short(text)))
    }
}
