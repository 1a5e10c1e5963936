//! From a configured mailbox to one that can be read. Owns which field becomes what; never reads.

use std::sync::Arc;

use secrecy::SecretString;
use tidegate_egress::Timer;
use tidegate_meter::Zone;
use tidegate_providers::mailbox::{
    Judge, MailAddress, MailLogin, MailServer, MailSource, Mailbox, OwnRules, RuleBook, RuleError, TcpDial,
    Trust,
};

use crate::config::MailboxConfig;
use crate::outside::MakeError;

/// What every mailbox shares.
pub(crate) struct Post {
    pub(crate) trust: Trust,
    pub(crate) timer: Arc<dyn Timer>,
    pub(crate) zone: Zone,
}

/// A mailbox on the network.
pub(crate) fn source(
    config: &MailboxConfig,
    password: SecretString,
    post: Post,
) -> Result<Arc<dyn MailSource>, MakeError> {
    let judge = judge(config).map_err(|error| MakeError(error.to_string()))?;
    let server = MailServer {
        address: MailAddress {
            host: config.host.clone(),
            port: config.port,
            tls: config.tls,
            folder: config.folder.clone(),
        },
        login: MailLogin {
            username: config.username.clone(),
            password,
        },
        dial: Arc::new(TcpDial),
        trust: post.trust,
        timer: post.timer,
    };
    Ok(Arc::new(Mailbox::new(
        server,
        Arc::new(judge),
        config.days,
        post.zone,
    )))
}

fn judge(config: &MailboxConfig) -> Result<Judge, RuleError> {
    let own = OwnRules {
        rules: config.rules.clone(),
        extra: config.extra.clone(),
        replace: config.replace.clone(),
    };
    Judge::new(
        RuleBook::built_in()?.with(&own)?,
        &config.host,
        config.authserv.as_deref(),
    )
}
