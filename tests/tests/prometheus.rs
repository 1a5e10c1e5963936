//! A real Prometheus scrapes the real guard: what it stores is what the guard says, and a series ends with its subject.
//! The dashboard asks for nothing that does not exist.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;
use tidegate_tests::root;
use tidegate_tests::stage::inside::need;
use tidegate_tests::stage::{Cloud, Guard, Home, config};

/// A Prometheus with its own folder; it ends with the test.
struct Prometheus {
    child: Child,
    base: String,
}

impl Prometheus {
    fn start(folder: &std::path::Path, target: &str) -> anyhow::Result<Self> {
        let program = need("prometheus", "prometheus")?;
        let text = format!(
            "global:\n  scrape_interval: 1s\nscrape_configs:\n  - job_name: tidegate\n    static_configs:\n      - targets: [\"{target}\"]\n"
        );
        let file = folder.join("prometheus.yml");
        std::fs::write(&file, text)?;
        // It takes no port of its own choice that it would tell: one that is free now.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = Command::new(program)
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("prometheus starts")?;
        Ok(Self {
            child,
            base: format!("http://{address}"),
        })
    }

    /// The series of a query; none while it does not answer yet.
    fn series(&self, query: &str) -> Vec<Value> {
        let asked = ureq::get(&format!("{}/api/v1/query", self.base))
            .query("query", query)
            .call();
        let body: Option<Value> = asked
            .ok()
            .and_then(|mut answer| answer.body_mut().read_json().ok());
        let series = body
            .as_ref()
            .and_then(|body| body.pointer("/data/result")?.as_array());
        series.cloned().unwrap_or_default()
    }

    /// Asks again after each look of the guard until the series are as wanted.
    fn until(
        &self,
        guard: &mut Guard,
        query: &str,
        wanted: impl Fn(&[Value]) -> bool,
    ) -> anyhow::Result<Vec<Value>> {
        for _ in 0..90 {
            let series = self.series(query);
            if wanted(&series) {
                return Ok(series);
            }
            guard.later("looked")?;
        }
        anyhow::bail!("{query} was never as wanted: {:?}", self.series(query))
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn stage() -> anyhow::Result<(Cloud, Home, Guard, String)> {
    let cloud = Cloud::start()?;
    let home = Home::for_cloud(&cloud)?;
    let second = config(&cloud, "14 GB")?.replacen("id = \"hw-main\"", "id = \"second\"", 1);
    let second: Vec<&str> = second.split("[[channel]]").take(1).collect();
    let text = format!("{}{}", config(&cloud, "14 GB")?, second.concat());
    let applied = home.apply(&text)?;
    ensure!(applied.code == 0, "{applied:?}");
    let mut guard = home.guard_with(&["--metrics", "127.0.0.1:0"])?;
    let listening = guard.event("listening", |_| true)?;
    let metrics = listening
        .pointer("/metrics")
        .and_then(Value::as_str)
        .context("its address")?
        .to_owned();
    guard.event("delivered", |_| true)?;
    Ok((cloud, home, guard, metrics))
}

fn page(metrics: &str) -> anyhow::Result<String> {
    Ok(ureq::get(metrics).call()?.body_mut().read_to_string()?)
}

#[test]
fn a_prometheus_stores_what_the_guard_says_and_forgets_what_is_gone() -> anyhow::Result<()> {
    let (cloud, home, mut guard, metrics) = stage()?;
    let target = metrics.trim_start_matches("http://").trim_end_matches("/metrics");
    let prometheus = Prometheus::start(home.path(), target)?;
    prometheus.until(&mut guard, "tidegate_up == 1", |series| series.len() == 1)?;
    let balances = prometheus.until(&mut guard, "tidegate_balance", |series| !series.is_empty())?;
    let meters = home.done(&["meters", "--json"])?.json()?;
    let meters = meters
        .pointer("/meters")
        .and_then(Value::as_array)
        .context("meters")?
        .clone();
    ensure!(
        balances.len() == meters.len(),
        "{} series, {} meters",
        balances.len(),
        meters.len()
    );
    for query in [
        "tidegate_threshold",
        "tidegate_level",
        "tidegate_checks_total{result=\"ok\"} > 1",
        "tidegate_check_duration_seconds_count > 1",
        "tidegate_provider_calls_total{status=\"2xx\"}",
        "tidegate_deliveries_total{channel=\"ops\",result=\"delivered\"} > 0",
    ] {
        prometheus.until(&mut guard, query, |series| !series.is_empty())?;
    }
    let gone = home.path().join("gone.toml");
    std::fs::write(&gone, config(&cloud, "14 GB")?)?;
    home.done(&["apply", gone.to_str().context("a printable path")?, "--prune"])?;
    prometheus.until(&mut guard, "{account=\"second\"}", <[Value]>::is_empty)?;
    let left = prometheus.series("tidegate_balance{account=\"hw-main\"}");
    ensure!(!left.is_empty(), "the other account is still there");
    Ok(())
}

#[test]
fn the_page_is_without_a_fault_for_promtool() -> anyhow::Result<()> {
    let (_cloud, _home, _guard, metrics) = stage()?;
    let mut child = Command::new(need("promtool", "prometheus")?)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let text = page(&metrics)?;
    std::io::Write::write_all(&mut child.stdin.take().context("its stdin")?, text.as_bytes())?;
    let judged = child.wait_with_output()?;
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&judged.stdout),
        String::from_utf8_lossy(&judged.stderr)
    );
    ensure!(judged.status.success() && said.trim().is_empty(), "{said}");
    Ok(())
}

#[test]
fn the_dashboard_asks_for_what_exists_and_for_all_of_it() -> anyhow::Result<()> {
    let (_cloud, _home, _guard, metrics) = stage()?;
    let text = std::fs::read_to_string(root().join("docs/grafana/tidegate.json"))?;
    let dashboard: Value = serde_json::from_str(&text)?;
    let panels = dashboard
        .pointer("/panels")
        .and_then(Value::as_array)
        .context("panels")?;
    ensure!(panels.len() >= 12, "only {} panels", panels.len());
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let asked: Vec<&str> = text
        .split(|c| !is_word(c))
        .filter(|word| word.starts_with("tidegate_"))
        .collect();
    let families = root().join("docs/behaviour/metrics.md");
    let families = std::fs::read_to_string(families)?;
    let known: Vec<&str> = families
        .lines()
        .filter_map(|line| line.strip_prefix("| `tidegate_")?.split('`').next())
        .collect();
    ensure!(known.len() > 25, "only {} families are told", known.len());
    let base = |name: &str| {
        let name = name.trim_start_matches("tidegate_");
        let name = ["_bucket", "_sum", "_count"]
            .iter()
            .fold(name, |name, end| name.strip_suffix(end).unwrap_or(name));
        name.to_owned()
    };
    for name in &asked {
        ensure!(
            known.contains(&base(name).as_str()),
            "the dashboard asks for {name}, which does not exist"
        );
    }
    let unused = dashboard
        .pointer("/description")
        .and_then(Value::as_str)
        .context("a description")?;
    for name in &known {
        let used = asked.iter().any(|asked| base(asked) == *name);
        ensure!(
            used || unused.contains(name),
            "{name} is neither asked for nor named as unused"
        );
    }
    // What is told is what is there: every family of the page is in the list.
    let served = page(&metrics)?;
    for line in served
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE tidegate_"))
    {
        let name = line.split(' ').next().unwrap_or_default();
        ensure!(
            known.contains(&name),
            "{name} is not in docs/behaviour/metrics.md"
        );
    }
    Ok(())
}
