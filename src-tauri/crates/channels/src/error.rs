//! Why a channel cannot be made. None of the errors holds an address or a secret.

use crate::webhook::TemplateError;

/// Why a channel cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// No address at all, or one with a user name in it.
    #[error(
        "the webhook address is no address; copy it whole from the bot's settings, beginning with https://"
    )]
    Address,
    /// Plain http beyond this machine.
    #[error("the webhook address must begin with https://; plain http is taken only for this machine")]
    Plain,
    /// An address inside the machine's own link, where clouds keep the credentials of a server.
    #[error("the webhook address is a link-local or metadata address, which no receiver has")]
    LinkLocal,
    /// An address of the platform that is no bot's.
    #[error("the webhook address is not a bot's: {0}")]
    Hook(&'static str),
    /// A secret that is set but empty.
    #[error("the signing secret is empty; leave it out when the bot has no signature check")]
    EmptySecret,
    /// A token that no bot of Telegram has.
    #[error("the bot token is none: it reads like 123456789:AA…, as BotFather wrote it")]
    Token,
    /// A chat that cannot be.
    #[error("chat_id is a whole number, negative for a group, or a public channel's @name")]
    Chat,
    /// A topic that cannot be.
    #[error("thread_id is the whole number of a topic")]
    Thread,
    /// A template that cannot be filled.
    #[error("template: {0}")]
    Template(#[from] TemplateError),
    /// A header that may not be set, by its name.
    #[error("header {0:?} may not be set here")]
    HeaderName(String),
    /// A header whose value cannot be sent, by its name.
    #[error("the value of header {0:?} has a line break or another sign that no header may hold")]
    HeaderValue(String),
    /// A mailbox that is none; the field that holds it.
    #[error("{0} is no mail address such as name@example.com or Name <name@example.com>")]
    Mailbox(&'static str),
    /// Mail in clear beyond this machine.
    #[error("tls: mail without encryption is taken only for this machine; use implicit or starttls")]
    MailInClear,
    /// A certificate that cannot be read.
    #[error("ca: the certificate is not in PEM form")]
    Certificate,
    /// One half of a login.
    #[error("username and password belong together; leave out both for a server that asks for none")]
    HalfLogin,
}
