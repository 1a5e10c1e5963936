//! The program's surroundings: a home, a simulated cloud, a running guard.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tidegated");

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The exit code.
    pub(crate) code: i32,
    /// Stdout.
    pub(crate) out: String,
    /// Stderr.
    pub(crate) err: String,
}

impl Answer {
    /// Stdout as one JSON document.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A running `tidegated sim`.
pub(crate) struct Cloud {
    child: Child,
    first: Value,
}

impl Cloud {
    /// The default world.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// The world of a scenario, by its file or its name.
    pub(crate) fn scenario(scenario: &str) -> Self {
        Self::with(&["--scenario", scenario])
    }

    fn with(args: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["sim", "--listen", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .expect("sim starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            child,
            first: serde_json::from_str(&line).unwrap(),
        }
    }

    /// The first line.
    pub(crate) const fn first(&self) -> &Value {
        &self.first
    }

    /// What the first line says at a place.
    pub(crate) fn text(&self, pointer: &str) -> String {
        self.first
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    /// The issue's example against this cloud.
    pub(crate) fn config(&self, limit: &str) -> String {
        let base = self.text("/listening");
        format!(
            r#"[[account]]
id = "hw-main"
provider = "huawei"
name = "主账号"
interval = "1m"
endpoint = "{base}"
[account.secret]
ak = "env:HW_AK"
sk = "env:HW_SK"

[[channel]]
id = "ops"
kind = "feishu"
url = "env:FEISHU_URL"
secret = "env:FEISHU_SECRET"
language = "zh-CN"

[[guard]]
id = "hw-main-traffic"
account = "hw-main"
meter = "*"
steps = ["70%", "85%", "97%"]
limit = "{limit}"
action = "stop"
countdown = "60s"
channels = ["ops"]
"#
        )
    }

    fn ask(&self, what: &str) -> Value {
        let address = self.text("/listening").replace("http://", "");
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        write!(stream, "GET /_sim/{what} HTTP/1.0\r\nhost: {address}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    fn rows(&self, what: &str, key: &str) -> Vec<Value> {
        let log = self.ask(what);
        log.as_array()
            .or_else(|| log.get(key).and_then(Value::as_array))
            .cloned()
            .unwrap()
    }

    /// Every stop request that arrived.
    pub(crate) fn stops(&self) -> Vec<Value> {
        let mut rows = self.rows("requests", "requests");
        rows.retain(|row| row["operation"] == "ecs.stop");
        rows
    }

    /// Every message that the sink took.
    pub(crate) fn cards(&self) -> Vec<Value> {
        self.rows("feishu", "messages")
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A temporary home and the environment its programs get.
pub(crate) struct Home {
    folder: Arc<TempDir>,
    environment: Vec<(String, String)>,
}

impl Home {
    /// Without a cloud.
    pub(crate) fn empty() -> Self {
        let environment = vec![("TIDEGATE_VAULT".to_owned(), "env".to_owned())];
        Self {
            folder: Arc::new(tempfile::tempdir().unwrap()),
            environment,
        }
    }

    /// With the cloud's keys in the environment.
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self::empty()
            .with("HW_AK", &cloud.text("/huawei/ak"))
            .with("HW_SK", &cloud.text("/huawei/sk"))
            .with("FEISHU_URL", &cloud.text("/feishu/url"))
            .with("FEISHU_SECRET", &cloud.text("/feishu/secret"))
    }

    /// The same folder.
    pub(crate) fn again(other: &Self) -> Self {
        Self {
            folder: Arc::clone(&other.folder),
            environment: other.environment.clone(),
        }
    }

    /// With another variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A variable of its programs.
    pub(crate) fn variable(&self, name: &str) -> &str {
        let found = self.environment.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// The program's folder.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Writes a file beside the home.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let file: &Path = self.folder.path();
        let file = file.join(name);
        std::fs::write(&file, text).unwrap();
        file.display().to_string()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(args)
            .env("TIDEGATE_HOME", self.path())
            .env("LANG", "en_US.UTF-8")
            .env_remove("LC_ALL");
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Answer {
        self.feed(args, "")
    }

    /// Runs a command with a text on stdin.
    pub(crate) fn feed(&self, args: &[&str], input: &str) -> Answer {
        let mut child = self.command(args).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read its input may have ended already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        Answer {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Applies a text, which must be good.
    pub(crate) fn apply(&self, text: &str) {
        let answer = self.run(&["apply", &self.write("apply.toml", text)]);
        assert_eq!(answer.code, 0, "{answer:?}");
    }

    /// Starts `run --json`.
    pub(crate) fn guard(&self, args: &[&str]) -> Guard {
        let mut command = self.command(&["run", "--json"]);
        let mut child = command.args(args).stderr(Stdio::inherit()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Guard {
            child,
            lines,
            seen: Vec::new(),
        }
    }
}

/// A running guard and its events.
pub(crate) struct Guard {
    child: Child,
    lines: BufReader<ChildStdout>,
    seen: Vec<Value>,
}

impl Guard {
    fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        if self.lines.read_line(&mut line).unwrap() == 0 {
            return None;
        }
        let event: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.seen.push(event.clone());
        Some(event)
    }

    /// The next event of that name. The runner's own time limit ends a wait that is in vain.
    pub(crate) fn wait_for(&mut self, name: &str) -> Value {
        loop {
            let event = self
                .next()
                .unwrap_or_else(|| panic!("it ended before {name}: {:?}", self.seen));
            if event.get("event").and_then(Value::as_str) == Some(name) {
                return event;
            }
        }
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(told.unwrap().success());
    }

    /// Asks it to end, as a service manager does.
    pub(crate) fn end(mut self) -> (i32, Vec<Value>) {
        self.signal("TERM");
        while self.next().is_some() {}
        (
            self.child.wait().unwrap().code().unwrap_or(-1),
            std::mem::take(&mut self.seen),
        )
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
