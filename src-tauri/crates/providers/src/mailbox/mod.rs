//! Mailboxes: mails of services about balances, bills and endings, read over IMAP.
//!
//! Owns the conversation with the server, what a mail is as text, the rules, and the verdict. Reads only: the folder is
//! opened with `EXAMINE`, mails are fetched with `BODY.PEEK`, so what was unread stays unread. Follows no link, loads no
//! image, opens no attachment. A mail can never lead to an action: nothing here knows a target or a permit, and a verdict
//! holds words, an amount and a date for a person to read. A refused login is not tried again by itself.
//!
//! Tested in `tests/mailbox` on mails as files and on a scripted server, and at the top of the workspace against a real
//! IMAP server.

mod authentication;
mod charset;
mod dial;
mod error;
mod extract;
mod html;
mod judge;
pub mod limits;
mod mail;
mod reader;
mod rule;
mod scan;
mod server;
mod session;
mod wary;
mod words;

pub use dial::{Dial, Dialled, TcpDial};
pub use extract::{Amount, Due};
pub use judge::{Certainty, Judge, Verdict};
pub use mail::Mail;
pub use rule::{MailRule, MailSender, OwnRules, RuleBook, RuleError};
pub use scan::{Find, MailSource, Mailbox, Position, Scan};
pub use server::{MailAddress, MailLogin, MailServer, Tls};

pub use crate::trust::Trust;
pub use crate::wire::Wire;
