//! Why an agent cannot go on, as a person reads it: cause, effect, next step, with the option that is meant. Never a
//! code, a token or a secret.

use std::fmt;
use std::io;
use std::path::PathBuf;

use tidegate_meter::Lang;

use crate::spool::SpoolError;

/// Why an agent does not start, or ends.
#[derive(Debug)]
pub enum AgentError {
    /// An option is not what is allowed.
    Option {
        /// The option, as it is typed.
        option: &'static str,
        /// What is allowed, in both languages.
        allowed: (String, String),
    },
    /// Nothing says where to report to.
    NoReportTo,
    /// Plain http to another machine.
    PlainHttp {
        /// That machine.
        host: String,
        /// Whether `--allow-plain-http` would do.
        may_be_allowed: bool,
    },
    /// It was never enrolled, and there is no code.
    NoCode,
    /// It is enrolled elsewhere, and there is no new code.
    OtherPlace {
        /// Where it is enrolled.
        known: String,
        /// Where it was told to report.
        given: String,
    },
    /// The code was not taken.
    CodeRefused {
        /// The HTTP status.
        status: u16,
        /// What the other side says.
        said: String,
    },
    /// The other side did not answer as Tidegate does.
    NoAnswer {
        /// Where.
        host: String,
        /// Our short words.
        why: String,
    },
    /// Another process collects with this folder.
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// A file cannot be read or written.
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The state file is not one.
    State {
        /// Which.
        path: PathBuf,
    },
    /// The spool cannot be opened.
    Spool(SpoolError),
    /// No folder is known.
    NoHome,
    /// The system gives no runtime.
    Runtime(io::Error),
    /// A part that never ends by itself has ended: a defect of ours.
    Ended,
}

impl std::error::Error for AgentError {}

impl fmt::Display for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl From<SpoolError> for AgentError {
    fn from(error: SpoolError) -> Self {
        Self::Spool(error)
    }
}

impl AgentError {
    /// An option with what is allowed, in Chinese and English.
    pub(crate) fn option(option: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let allowed = (zh.into(), en.into());
        Self::Option { option, allowed }
    }

    /// A file that the system refused.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    /// Whether the command was not meant so, as opposed to something outside that failed.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Option { .. }
                | Self::NoReportTo
                | Self::PlainHttp { .. }
                | Self::NoCode
                | Self::NoHome
                | Self::OtherPlace { .. }
        )
    }

    /// In a person's language.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Option { option, allowed: (zh, en) } => (format!("{option}：{zh}"), format!("{option}: {en}")),
            Self::NoReportTo => (
                "缺少 --report-to：写上 Tidegate 的地址，例如 https://tidegate.example:8443。".to_owned(),
                "Say where to report: --report-to with the address of Tidegate, such as \
                 https://tidegate.example:8443."
                    .to_owned(),
            ),
            Self::PlainHttp { host, may_be_allowed } => plain_http(host, *may_be_allowed),
            Self::NoHome => (
                "不知道数据文件夹在哪里：用 --home 指定一个。".to_owned(),
                "No folder is known: name one with --home.".to_owned(),
            ),
            Self::Runtime(error) => (
                format!("系统不允许启动：{error}。"),
                format!("The system does not let it start: {error}."),
            ),
            Self::NoCode => (
                "这台设备还没有登记：在窗口的“代理 → 设备”里添加设备，用 --code 写上显示的一次性代码。".to_owned(),
                "This device is not enrolled yet: add it in the window (Proxy, Devices), and give the one-time code \
                 shown there with --code."
                    .to_owned(),
            ),
            Self::OtherPlace { known, given } => (
                format!("已在 {known} 登记，而 --report-to 是 {given}：去掉它，或用 --code 在新地址重新登记。"),
                format!(
                    "Enrolled at {known}, and --report-to says {given}: leave it out, or enrol at the new place with \
                     --code."
                ),
            ),
            Self::CodeRefused { status, said } => code_refused(*status, said),
            Self::NoAnswer { host, why } => (
                format!("无法在 {host} 登记：{why}。检查 --report-to 和网络，然后再试。"),
                format!("Cannot enrol at {host}: {why}. Check --report-to and the network, then try again."),
            ),
            _ => return self.say_of_files(lang),
        };
        pick(lang, zh, en)
    }

    fn say_of_files(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::InUse { folder } => {
                let folder = folder.display();
                (
                    format!("另一个进程正在用 {folder} 采集：先结束它，或用 --home 指定另一个文件夹。"),
                    format!(
                        "Another process collects with {folder}: end it first, or name another folder with --home."
                    ),
                )
            }
            Self::File { path, source } => {
                let path = path.display();
                (
                    format!("无法使用 {path}：{source}。检查权限和磁盘空间。"),
                    format!("{path} cannot be used: {source}. Check its rights and the space on the disk."),
                )
            }
            Self::State { path } => {
                let path = path.display();
                (
                    format!("{path} 已损坏：移走它，再用新的 --code 登记；已采集的流量会保留。"),
                    format!(
                        "{path} is damaged: move it away and enrol with a new --code; what was counted is kept."
                    ),
                )
            }
            Self::Spool(error) => (
                format!("待交的流量无法保存：{error}。检查权限和磁盘空间。"),
                format!(
                    "What was counted cannot be kept: {error}. Check its rights and the space on the disk."
                ),
            ),
            _ => (
                "采集意外中止；已采集的流量已保存。请重新启动。".to_owned(),
                "Collecting has ended by a defect; what was counted is kept. Start it again.".to_owned(),
            ),
        };
        pick(lang, zh, en)
    }
}

fn plain_http(host: &str, may_be_allowed: bool) -> (String, String) {
    let (zh, en) = if may_be_allowed {
        (
            "；若此内网可信，加上 --allow-plain-http",
            ", or, where every machine of this network may be trusted, --allow-plain-http",
        )
    } else {
        ("", "")
    };
    (
        format!("--report-to：用 http 访问 {host} 会在网络上暴露令牌。请用 https{zh}。"),
        format!("--report-to: http to {host} would show the token to the network. Use https{en}."),
    )
}

fn code_refused(status: u16, said: &str) -> (String, String) {
    match status {
        429 => (
            "试的次数太多：等几分钟再用 --code 试。".to_owned(),
            "Too many codes were tried: wait a few minutes, then try --code again.".to_owned(),
        ),
        413 | 500.. => (
            format!("对方暂时无法登记（HTTP {status} {said}）：稍后再试。"),
            format!("The other side cannot enrol anybody now (HTTP {status} {said}): try again later."),
        ),
        404 => (
            format!("那里没有可登记的 Tidegate（HTTP 404 {said}）：检查 --report-to，并确认对方已开启登记。"),
            format!(
                "Nothing there enrols (HTTP 404 {said}): check --report-to, and that Tidegate listens there."
            ),
        ),
        _ => (
            format!(
                "代码未被接受（HTTP {status} {said}）：它只能用一次，且很快过期。取一个新的，用 --code 写上。"
            ),
            format!(
                "The code was not taken (HTTP {status} {said}): it works once and for a short time. Ask for a new \
                 one and give it with --code."
            ),
        ),
    }
}

/// One of two languages.
pub(crate) fn pick<T>(lang: Lang, zh: T, en: T) -> T {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
