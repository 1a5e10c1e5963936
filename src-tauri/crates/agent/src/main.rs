//! `tidegate-agent`: collects on a machine without a desktop, and nothing else. The same as `tidegated agent`, small
//! enough for a router. Owns reading the environment, printing and the exit code: 0 done, 1 the answer of `--status` is
//! no, 2 usage, 4 something outside failed.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use secrecy::SecretString;
use tidegate_agent::AgentError;
use tidegate_agent::command::{self, AgentArgs, Surroundings};
use tidegate_egress::SystemTimer;
use tidegate_meter::{Clock, Lang};

/// Collects the traffic of this machine's proxy kernel and hands it in to the Tidegate that watches it.
///
/// Exit codes: 0 done, 1 the answer of --status is no, 2 usage, 4 something outside failed.
#[derive(Parser)]
#[command(name = "tidegate-agent", version)]
struct Cli {
    /// What is collected and where it goes.
    #[command(flatten)]
    args: AgentArgs,
    /// The program's folder; the agent's is below it. Else the platform's data folder.
    #[arg(long, env = "TIDEGATE_HOME", value_name = "DIR")]
    home: Option<PathBuf>,
    /// Log and status as JSON for programs.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match work(cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(std::io::stderr().lock(), "{}", error.say(lang()));
            ExitCode::from(if error.is_usage() { 2 } else { 4 })
        }
    }
}

fn work(cli: Cli) -> Result<bool, AgentError> {
    let home = cli
        .home
        .or_else(|| dirs::data_dir().map(|folder| folder.join("tidegate")));
    let surroundings = Surroundings {
        home: home.ok_or(AgentError::NoHome)?,
        controller_secret: variable("TIDEGATE_CONTROLLER_SECRET").map(SecretString::from),
        json: cli.json,
    };
    if cli.args.status {
        let status = command::status(
            &command::folder(&surroundings.home),
            SystemTimer::new().now().wall,
        )?;
        let told = if cli.json {
            status.json().to_string()
        } else {
            status.say(lang())
        };
        let _ = writeln!(std::io::stdout().lock(), "{told}");
        return Ok(status.is_well());
    }
    // One thread: what there is to do is waited for, and a router has one core.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(AgentError::Runtime)?;
    runtime.block_on(async { command::run(cli.args, surroundings, command::told_to_end()).await })?;
    Ok(true)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge of the program is where the environment is read"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// By `LC_ALL`, `LC_MESSAGES`, `LANG`, the first that is set: Chinese for `zh…`, else English.
fn lang() -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
    if locale.is_some_and(|locale| locale.starts_with("zh")) {
        Lang::Zh
    } else {
        Lang::En
    }
}
