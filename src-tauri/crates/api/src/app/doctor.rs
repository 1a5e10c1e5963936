//! What the program stands on, looked at one by one, each with its next step in the asked language.

use std::time::Duration;

use tidegate_meter::{Lang, Time};
use tidegate_store::{AuditVerdict, Opened};

use super::App;
use crate::response::FootingView;

/// A keychain that waits for its dialog does not hold the doctor up.
const VAULT_PATIENCE: Duration = Duration::from_secs(10);
/// 2026-01-01: a clock before the program was written is wrong, and every signature made with it is refused.
const CLOCK_EARLIEST: Time = Time::from_ms(1_767_225_600_000);
/// Below this the database cannot be sure to hold its next day.
const DISK_LEAST: u64 = 200 * 1024 * 1024;

/// One sentence in both languages.
#[derive(Clone, Copy)]
struct Said(&'static str, &'static str);

impl Said {
    fn told(self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.0.to_owned(),
            Lang::En => self.1.to_owned(),
        }
    }
}

fn row(what: impl Into<String>, found: Result<String, String>, next: Said, lang: Lang) -> FootingView {
    let ok = found.is_ok();
    let found = found.unwrap_or_else(|found| found);
    FootingView {
        what: what.into(),
        ok,
        found,
        next: (!ok).then(|| next.told(lang)),
    }
}

/// An account that is read by the provider's clock, since ours is off.
fn clock_ahead(what: String, ahead_ms: i64, lang: Lang) -> FootingView {
    let found = match lang {
        Lang::Zh => format!("本机时钟与平台相差 {} 秒", ahead_ms.unsigned_abs() / 1000),
        Lang::En => format!(
            "this computer's clock and the provider's differ by {} s",
            ahead_ms.unsigned_abs() / 1000
        ),
    };
    let next = Said(
        "校准系统时钟；在那之前按平台的时间签名。",
        "Set the system clock; until then requests are signed by the provider's time.",
    );
    row(what, Err(found), next, lang)
}

impl App {
    pub(super) async fn footing(&self, outside: bool, lang: Lang) -> Vec<FootingView> {
        let mut rows = vec![
            self.home_footing(lang),
            self.disk_footing(lang),
            self.clock_footing(lang),
            self.database_footing(lang).await,
            self.audit_footing(lang).await,
            self.guarding_footing(lang).await,
            self.vault_footing(lang).await,
            self.specs_footing(lang),
        ];
        if outside {
            rows.extend(self.account_footings(lang).await);
        }
        rows.extend(self.channel_footings(lang).await);
        rows
    }

    fn home_footing(&self, lang: Lang) -> FootingView {
        let probe = self.home.root().join(".doctor");
        let tried = std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe));
        let place = self.home.root().display().to_string();
        let found = tried
            .map(|()| place.clone())
            .map_err(|error| format!("{place}: {}", error.kind()));
        let next = Said(
            "让当前用户能写这个文件夹，或用 --home 另选。",
            "Let this user write the folder, or choose another with --home.",
        );
        row("home", found, next, lang)
    }

    fn disk_footing(&self, lang: Lang) -> FootingView {
        let found = match free_bytes(self.home.root()) {
            None => Ok("?".to_owned()),
            Some(free) if free >= DISK_LEAST => Ok(format!("{} MiB", free / 1_048_576)),
            Some(free) => Err(format!("{} MiB", free / 1_048_576)),
        };
        row(
            "disk",
            found,
            Said(
                "腾出空间：写不进数据库就不会执行停机。",
                "Free some space: without durable writes nothing is stopped.",
            ),
            lang,
        )
    }

    fn specs_footing(&self, lang: Lang) -> FootingView {
        let faults = self.spec_faults(lang);
        let found = if faults.is_empty() {
            Ok(self.specs.own().ids().len().to_string())
        } else {
            Err(faults.join("\n"))
        };
        row(
            "specs",
            found,
            Said(
                "按文件、行与字段改正；docs/behaviour/balances.md 讲了写法。",
                "Correct file, line and field; docs/behaviour/balances.md tells how they are written.",
            ),
            lang,
        )
    }

    fn clock_footing(&self, lang: Lang) -> FootingView {
        let now = self.now();
        let found = if now >= CLOCK_EARLIEST {
            Ok(now.to_string())
        } else {
            Err(now.to_string())
        };
        row(
            "clock",
            found,
            Said(
                "校准系统时间：时间不对，云平台会拒绝签名。",
                "Set the system clock: with a wrong one every signature is refused.",
            ),
            lang,
        )
    }

    async fn database_footing(&self, lang: Lang) -> FootingView {
        let found = self.store.integrity().await;
        let found = found
            .map(|()| opened(self.store.opened_as()).told(lang))
            .map_err(|error| error.to_string());
        row(
            "database",
            found,
            Said(
                "用 `tidegated restore-backup` 恢复最近的备份。",
                "Restore the latest backup with `tidegated restore-backup`.",
            ),
            lang,
        )
    }

    async fn audit_footing(&self, lang: Lang) -> FootingView {
        let found = match self.store.audit_verify(None).await {
            Ok(AuditVerdict::Intact { head }) => Ok(format!("{} · {}", head.seq, head.hash)),
            Ok(AuditVerdict::Broken { seq, fault }) => Err(format!("{seq} · {fault:?}")),
            Err(error) => Err(error.to_string()),
        };
        row(
            "audit",
            found,
            Said(
                "审计链从这一行起不可信；保留数据库副本并查明是谁改的。",
                "The audit chain cannot be trusted from this row on; keep a copy and find out who changed it.",
            ),
            lang,
        )
    }

    async fn guarding_footing(&self, lang: Lang) -> FootingView {
        let status = self.engine.status().await;
        let found = match (status.running, status.conditions.first()) {
            (true, None) => Ok("running".to_owned()),
            (_, Some((condition, detail))) => Err(format!("{condition}: {detail}")),
            (false, None) => Err("not running".to_owned()),
        };
        let next = if status.running {
            Said(
                "看守在进行，但有事要你处理：见 `tidegated alerts`。",
                "It is guarding, but something needs you: `tidegated alerts` lists it.",
            )
        } else {
            Said(
                "启动 `tidegated run`，否则没有人在看守。",
                "Start `tidegated run`: nothing is being watched.",
            )
        };
        row("guard", found, next, lang)
    }

    async fn vault_footing(&self, lang: Lang) -> FootingView {
        let found = tokio::select! {
            listed = self.vault.list() => match listed {
                Ok(items) => Ok(format!("{} · {}", self.vault.name(), items.len())),
                Err(error) => Err(format!("{}: {error}", self.vault.name())),
            },
            () = self.timer.sleep(VAULT_PATIENCE) => Err(format!("{}: no answer", self.vault.name())),
        };
        row(
            "vault",
            found,
            Said(
                "解锁钥匙串，或用 --vault env|file 另选。",
                "Unlock the keychain, or choose another vault with --vault env|file.",
            ),
            lang,
        )
    }

    async fn account_footings(&self, lang: Lang) -> Vec<FootingView> {
        let next = Said(
            "检查密钥、权限与网络，再运行 `tidegated check`。",
            "Check the key, its rights and the network, then run `tidegated check`.",
        );
        let report = match self.engine.check(&[]).await {
            Ok(report) => report,
            Err(error) => return vec![row("accounts", Err(error.to_string()), next, lang)],
        };
        let view = |account: &tidegate_engine::view::CheckedAccount| {
            let what = format!("account:{}", account.account);
            if let (None, Some(ahead)) = (&account.blind, account.clock_ahead_ms) {
                return clock_ahead(what, ahead, lang);
            }
            let found = match &account.blind {
                None => Ok(account.meters.to_string()),
                Some(blind) => Err(format!("{}: {}", blind.reason.name(), blind.detail)),
            };
            row(what, found, next, lang)
        };
        report.accounts.iter().map(view).collect()
    }

    /// The last word of each channel's platform; nothing is sent to find out.
    async fn channel_footings(&self, lang: Lang) -> Vec<FootingView> {
        let next = Said(
            "运行 `tidegated channels test ID`。",
            "Run `tidegated channels test ID`.",
        );
        let filter = tidegate_store::DeliveryFilter::Recent {
            before: None,
            limit: 200,
        };
        let rows = self.store.deliveries(filter).await.unwrap_or_default();
        let config = self.engine.config().await;
        let view = |channel: &tidegate_engine::config::ChannelConfig| {
            let last = rows.iter().find(|row| row.channel == channel.id);
            let found = match last {
                None => Ok("-".to_owned()),
                Some(row) => match &row.error {
                    Some(error) if row.delivered_at.is_none() => Err(error.clone()),
                    _ => Ok(row
                        .delivered_at
                        .map_or_else(|| "…".to_owned(), |at| at.to_string())),
                },
            };
            row(format!("channel:{}", channel.id), found, next, lang)
        };
        config.channels.iter().map(view).collect()
    }
}

/// How the database was found when it was opened.
const fn opened(opened: &Opened) -> Said {
    match opened {
        Opened::Fresh => Said("新建", "new"),
        Opened::Existing => Said("完好", "sound"),
        Opened::Recovered { backup: Some(_), .. } => Said(
            "原库无法读取，已另存，现为最近的备份",
            "the earlier one was unreadable and is kept aside; this one is the newest backup",
        ),
        Opened::Recovered { backup: None, .. } => Said(
            "原库无法读取，已另存，现为新库",
            "the earlier one was unreadable and is kept aside; this one is new",
        ),
    }
}

#[cfg(unix)]
fn free_bytes(path: &std::path::Path) -> Option<u64> {
    let state = rustix::fs::statvfs(path).ok()?;
    state.f_bavail.checked_mul(state.f_frsize)
}

#[cfg(not(unix))]
fn free_bytes(_path: &std::path::Path) -> Option<u64> {
    None
}
