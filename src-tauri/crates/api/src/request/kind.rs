//! What kind of request it is: whether it changes something, and whether its work may be dropped.

use super::Request;

impl Request {
    /// Whether it may change something. Queries can be answered without the lease.
    #[must_use]
    pub const fn is_command(&self) -> bool {
        matches!(
            self,
            Self::Apply { .. }
                | Self::Arm { .. }
                | Self::Disarm { .. }
                | Self::Hold { .. }
                | Self::Cancel { .. }
                | Self::StopNow { .. }
                | Self::Stop { .. }
                | Self::Start { .. }
                | Self::Restore { .. }
                | Self::Pause { .. }
                | Self::Resume
                | Self::Protect { .. }
                | Self::Acknowledge { .. }
                | Self::Snooze { .. }
                | Self::TestChannel { .. }
                | Self::RetryDelivery { .. }
                | Self::Backup { .. }
                | Self::VaultSet { .. }
                | Self::VaultDelete { .. }
                | Self::Save { .. }
                | Self::TryChannel { .. }
                | Self::SaveSettings { .. }
                | Self::BackupNow
                | Self::RestoreBackup { .. }
                | Self::Demo { .. }
        )
    }

    /// Whether nobody is worse off when its work ends half done, because whoever asked has gone away: long work that
    /// only reads.
    #[must_use]
    pub const fn may_be_dropped(&self) -> bool {
        matches!(
            self,
            Self::WhatIf { .. }
                | Self::Replay { .. }
                | Self::Chart { .. }
                | Self::History { .. }
                | Self::AuditVerify
        )
    }
}
