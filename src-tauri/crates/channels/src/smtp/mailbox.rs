//! A mail address with the name of its owner.

use std::fmt;
use std::str::FromStr;

use crate::ChannelError;

/// `name@example.com` or `Name <name@example.com>`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mailbox(pub(super) lettre::message::Mailbox);

impl Mailbox {
    /// What stands after the `@`.
    pub(super) fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

impl FromStr for Mailbox {
    type Err = ChannelError;

    fn from_str(text: &str) -> Result<Self, ChannelError> {
        // A line break would begin a header of its own.
        if text.chars().any(char::is_control) {
            return Err(ChannelError::Mailbox("it"));
        }
        text.trim()
            .parse()
            .map(Self)
            .map_err(|_| ChannelError::Mailbox("it"))
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
