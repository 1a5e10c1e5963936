//! The words of `agents`.

use clap::Subcommand;
use tidegate_api::words::DeviceId;

/// `agents`.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentsCommand {
    /// List every device with how it is heard of, and the invitations that wait.
    List,
    /// Invite a device: prints the line that makes it an agent, with a code that works once within 15 minutes.
    Invite {
        /// Its id: a new one, or that of a device whose agent is to be replaced.
        device: DeviceId,
        /// Its name for people; else its id.
        #[arg(long)]
        name: Option<String>,
    },
    /// End a device: its agent hands in nothing any more, its flows stay.
    End {
        /// Which.
        device: DeviceId,
    },
}
