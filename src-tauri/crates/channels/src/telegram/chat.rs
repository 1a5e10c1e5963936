//! The chat a bot writes to, as a person configures it.

use std::str::FromStr;

use serde_json::Value;

use crate::ChannelError;

/// A chat, a group or a channel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Chat {
    /// By its number; groups have negative ones.
    Id(i64),
    /// A public channel or group by its name, `@` and all.
    Name(String),
}

impl Chat {
    /// A person, whom the platform paces less than a group.
    pub(super) const fn is_person(&self) -> bool {
        matches!(self, Self::Id(id) if *id > 0)
    }

    pub(super) fn value(&self) -> Value {
        match self {
            Self::Id(id) => Value::from(*id),
            Self::Name(name) => Value::from(name.as_str()),
        }
    }
}

impl FromStr for Chat {
    type Err = ChannelError;

    fn from_str(text: &str) -> Result<Self, ChannelError> {
        let text = text.trim();
        if let Some(name) = text.strip_prefix('@') {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            let fits = (4..=32).contains(&name.len()) && name.bytes().all(letter);
            return fits
                .then(|| Self::Name(text.to_owned()))
                .ok_or(ChannelError::Chat);
        }
        let id: i64 = text.parse().map_err(|_| ChannelError::Chat)?;
        if id == 0 {
            return Err(ChannelError::Chat);
        }
        Ok(Self::Id(id))
    }
}
