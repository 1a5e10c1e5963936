//! The command `agent` as both programs carry it: its options, its log, its answer to `--status`. Reads no environment
//! and prints nothing: the program at the edge hands in what is there and prints what comes back.

mod log;
mod options;
mod status;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use secrecy::SecretString;
use tidegate_egress::{HttpTransport, SystemTimer};
use tidegate_providers::proxy::KernelClient;

pub use self::options::AgentArgs;
pub use self::status::{Status, status};
use crate::{Agent, AgentError, Parts};

/// What the edge of the program knows.
pub struct Surroundings {
    /// The program's folder; the agent's is below it.
    pub home: PathBuf,
    /// `TIDEGATE_CONTROLLER_SECRET`, where it is set.
    pub controller_secret: Option<SecretString>,
    /// The log for programs instead of people.
    pub json: bool,
}

/// The agent's folder below the program's.
#[must_use]
pub fn folder(home: &Path) -> PathBuf {
    home.join("agent")
}

/// Collects until `end`.
pub async fn run(
    args: AgentArgs,
    surroundings: Surroundings,
    end: impl Future<Output = ()>,
) -> Result<(), AgentError> {
    log::begin(surroundings.json);
    let transport = transport(&args)?;
    let timer = Arc::new(SystemTimer::new());
    let config = args.kernel(surroundings.controller_secret.as_ref())?;
    let kernel = Arc::new(KernelClient::new(config, Arc::<SystemTimer>::clone(&timer)));
    let options = args.options(folder(&surroundings.home))?;
    let parts = Parts {
        kernel,
        transport: Arc::new(transport),
        timer,
        chance: fastrand::Rng::new(),
        crash_hook: None,
    };
    let mut end = pin!(end);
    let agent = tokio::select! {
        biased;
        () = &mut end => return Ok(()),
        agent = Agent::begin(options, parts) => agent?,
    };
    let identity = agent.identity();
    tracing::info!(
        device = %identity.device,
        name = identity.name,
        report_to = identity.report_to,
        version = crate::VERSION,
        "collecting"
    );
    agent.run(end).await?;
    tracing::info!("ended; what was counted is kept");
    Ok(())
}

fn transport(args: &AgentArgs) -> Result<HttpTransport, AgentError> {
    let unusable = |_| {
        AgentError::option(
            "--ca",
            "文件里必须有 PEM 格式的证书（-----BEGIN CERTIFICATE-----）。",
            "must name a file with certificates in PEM form (-----BEGIN CERTIFICATE-----).",
        )
    };
    let mut transport = HttpTransport::new().map_err(unusable)?;
    if args.allow_plain_http {
        transport = transport.allow_private_http();
    }
    match &args.ca {
        Some(path) => transport.also_trusting(&options::file(path)?).map_err(unusable),
        None => Ok(transport),
    }
}

/// Ends when a person or the system asks the program to. Who asks after this call, however early, is heard; before it, a
/// signal ends the process as it ends any other. Call it within a runtime.
pub fn told_to_end() -> impl Future<Output = ()> + Send {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let asked =
            signal(SignalKind::terminate()).and_then(|term| Ok((term, signal(SignalKind::interrupt())?)));
        async move {
            // Without a way to hear of the wish the program would never end.
            let Ok((mut term, mut interrupt)) = asked else {
                return;
            };
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = term.recv() => {}
            }
        }
    }
    #[cfg(not(unix))]
    {
        async {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
