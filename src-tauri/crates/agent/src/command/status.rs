//! How the agent of a folder stands: for people, for programs, and as a yes or no.

use std::path::Path;

use serde_json::{Value, json};
use tidegate_meter::handover::{HandedIn, Receipt};
use tidegate_meter::{ByteBase, Lang, Quantity, Time};

use crate::error::pick;
use crate::standing::{self, Standing};
use crate::{AgentError, Identity, limits, private};

/// How an agent stands.
#[derive(Clone, Debug)]
pub struct Status {
    identity: Option<Identity>,
    is_running: bool,
    /// It wrote down how it stands a while ago, and no more since.
    is_stale: bool,
    standing: Standing,
}

/// Looks at the agent of `folder` at `now`, running or not. Changes nothing.
pub fn status(folder: &Path, now: Time) -> Result<Status, AgentError> {
    let standing = standing::read(folder).unwrap_or_default();
    Ok(Status {
        identity: Identity::load(folder)?,
        is_running: is_running(folder)?,
        is_stale: standing.at.is_some_and(|at| now.since(at) > limits::STANDING),
        standing,
    })
}

fn is_running(folder: &Path) -> Result<bool, AgentError> {
    let path = folder.join("lock");
    if !path.exists() {
        return Ok(false);
    }
    let free = private::lock(&path).map_err(AgentError::file(&path))?;
    Ok(free.is_none())
}

impl Status {
    /// It runs, counts and hands in.
    #[must_use]
    pub fn is_well(&self) -> bool {
        let standing = &self.standing;
        self.is_running
            && !self.is_stale
            && self.identity.is_some()
            && standing.kernel.is_answering
            && standing.hand_in.why.is_empty()
            && standing.disk.is_empty()
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let of = |identity: &Identity| json!({ "device": identity.device, "name": identity.name, "report_to": identity.report_to });
        json!({
            "well": self.is_well(),
            "running": self.is_running,
            "stale": self.is_stale,
            "enrolled": self.identity.as_ref().map(of),
            "standing": self.standing,
        })
    }

    /// For people.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        let device = match &self.identity {
            Some(known) => format!("{} ({}) → {}", known.name, known.device, known.report_to),
            None => pick(lang, "尚未登记", "not enrolled").to_owned(),
        };
        let running = match (self.is_running, self.is_stale) {
            (true, false) => pick(lang, "在运行", "running"),
            (true, true) => pick(
                lang,
                "在运行，但已停滞：重新启动它",
                "running, and stuck: start it again",
            ),
            (false, _) => pick(lang, "未运行", "not running"),
        };
        [
            (pick(lang, "设备", "device"), device),
            (pick(lang, "采集", "agent"), running.to_owned()),
            (pick(lang, "内核", "kernel"), self.kernel(lang)),
            (pick(lang, "回执", "receipt"), self.receipt(lang)),
            (pick(lang, "待交", "waiting"), self.waiting(lang)),
        ]
        .map(|(name, told)| format!("{name}\t{told}"))
        .join("\n")
    }

    fn kernel(&self, lang: Lang) -> String {
        let kernel = &self.standing.kernel;
        match (kernel.is_answering, kernel.why.as_str()) {
            (true, _) => kernel.name.clone(),
            (false, "") => pick(lang, "尚无应答", "has not answered yet").to_owned(),
            (false, why) => why.to_owned(),
        }
    }

    fn receipt(&self, lang: Lang) -> String {
        let last = self.standing.last_receipt.as_ref();
        let last = last.map_or_else(
            || pick(lang, "无", "none").to_owned(),
            |receipt| answered(receipt, lang),
        );
        with(last, &self.standing.hand_in.why)
    }

    fn waiting(&self, lang: Lang) -> String {
        let load = self.standing.load;
        let bytes = i64::try_from(load.bytes).unwrap_or(i64::MAX);
        let size = Quantity::bytes(bytes).human(ByteBase::Binary);
        let mut told = match lang {
            Lang::Zh => format!("{} 批，{size}", load.batches),
            Lang::En => format!("{} batches, {size}", load.batches),
        };
        if load.refused > 0 || load.damaged > 0 {
            told += &match lang {
                Lang::Zh => format!("；被拒 {}，损坏 {}", load.refused, load.damaged),
                Lang::En => format!("; {} refused, {} damaged", load.refused, load.damaged),
            };
        }
        with(told, &self.standing.disk)
    }
}

fn answered(receipt: &Receipt, lang: Lang) -> String {
    let verdict = match receipt.verdict {
        HandedIn::Stored => pick(lang, "已入账", "stored"),
        HandedIn::Repeated => pick(lang, "此前已入账", "stored before"),
        HandedIn::Quarantined => pick(lang, "被隔离，请在窗口查看", "quarantined, see the window"),
    };
    format!("#{} {verdict} {}", receipt.sequence, receipt.received_at)
}

/// With what is wrong, where something is.
fn with(told: String, why: &str) -> String {
    if why.is_empty() {
        told
    } else {
        format!("{told} · {why}")
    }
}
