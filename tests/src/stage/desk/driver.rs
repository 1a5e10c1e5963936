//! The window as WebKit shows it, driven by WebKitWebDriver over the W3C protocol.
//!
//! Owns the driver process and its one session. Never looks into the program: it clicks, types and reads as a person.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use base64::Engine as _;
use serde_json::{Value, json};

use super::{Desktop, Display, Part, until};
use crate::stage::inside;

/// The protocol's name for a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// A page that hangs may hold an answer back for ever.
const ANSWER: Duration = Duration::from_secs(60);
/// Looks without a pause before something counts as never coming; each is a question over HTTP.
const LOOKS: usize = 50_000;
/// Clicks the thing with the most fitting text.
const FIND_TEXT: &str = include_str!("find_text.js");

/// What sticks out of its place or is cut off.
const OVERFLOW: &str = include_str!("overflow.js");

/// A window under the driver.
pub struct Driver {
    _server: Part,
    agent: ureq::Agent,
    session: String,
}

/// One element of the page.
pub struct Element<'a> {
    driver: &'a Driver,
    id: String,
}

/// A driver that listens, and has not started its program yet.
pub struct Listening {
    server: Part,
    agent: ureq::Agent,
    base: String,
    program: Command,
}

impl Listening {
    /// Starts a driver for a program with a window; its environment is the program's.
    pub fn start(program: Command) -> anyhow::Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(inside::need("WebKitWebDriver", "webkit2gtk-driver")?);
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let server = Part::start(command)?;
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(ANSWER))
            .http_status_as_error(false)
            .build()
            .new_agent();
        let base = format!("http://127.0.0.1:{port}");
        let status = format!("{base}/status");
        until("the driver listens", || Ok(agent.get(&status).call().ok()))?;
        Ok(Self {
            server,
            agent,
            base,
            program,
        })
    }

    /// Starts the program, and takes its window.
    pub fn open(self) -> anyhow::Result<Driver> {
        let text = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
        let args: Vec<String> = self.program.get_args().map(text).collect();
        let wish = json!({"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": {
            "binary": text(self.program.get_program()), "args": args,
        }}}});
        let asked = self.agent.post(format!("{}/session", self.base));
        let answer = value(asked.send_json(&wish)?)?;
        let id = answer.pointer("/sessionId").and_then(Value::as_str);
        let id = id.with_context(|| format!("a session, not {answer}"))?;
        Ok(Driver {
            session: format!("{}/session/{id}", self.base),
            _server: self.server,
            agent: self.agent,
        })
    }
}

impl Driver {
    /// Starts the window process of the program for this home, under a driver of its own.
    pub fn open(display: &Display, home: &Path, args: &[&str]) -> anyhow::Result<Self> {
        let mut program = Desktop::command(display, home)?;
        program.arg("--window").args(args);
        Listening::start(program)?.open()
    }

    fn post(&self, what: &str, body: &Value) -> anyhow::Result<Value> {
        value(
            self.agent
                .post(format!("{}/{what}", self.session))
                .send_json(body)?,
        )
    }

    fn get(&self, what: &str) -> anyhow::Result<Value> {
        value(self.agent.get(format!("{}/{what}", self.session)).call()?)
    }

    /// Runs a script in the page and gives what it returns.
    pub fn script(&self, script: &str, args: &[Value]) -> anyhow::Result<Value> {
        self.post("execute/sync", &json!({"script": script, "args": args}))
    }

    /// Asks the guard as the page itself would.
    pub fn ask(&self, request: &Value) -> anyhow::Result<Value> {
        let script = "const done = arguments[1];
            window.__TAURI_INTERNALS__.invoke('ask', { request: arguments[0] })
                .then((data) => done({ data }), (error) => done({ error }));";
        self.post("execute/async", &json!({"script": script, "args": [request]}))
    }

    /// The element, as soon as the page has one for the selector.
    pub fn element(&self, selector: &str) -> anyhow::Result<Element<'_>> {
        let by = json!({"using": "css selector", "value": selector});
        let id = until(
            &format!("{selector} on the page: {}", self.text().unwrap_or_default()),
            || Ok(self.post("element", &by).ok().and_then(|found| reference(&found))),
        )?;
        Ok(Element { driver: self, id })
    }

    /// Returns in the moment in which the page has one for the selector: looks again without a pause.
    pub fn first(&self, selector: &str) -> anyhow::Result<()> {
        let by = json!({"using": "css selector", "value": selector});
        let found = (0..LOOKS).any(|_| self.post("element", &by).is_ok());
        ensure!(
            found,
            "{selector} never came: {}",
            self.text().unwrap_or_default()
        );
        Ok(())
    }

    /// Minimises the window; needs a window manager.
    pub fn minimise(&self) -> anyhow::Result<()> {
        self.post("window/minimize", &json!({})).map(drop)
    }

    /// How many elements the page has for the selector now.
    pub fn count(&self, selector: &str) -> anyhow::Result<usize> {
        let found = self.post("elements", &json!({"using": "css selector", "value": selector}))?;
        Ok(found.as_array().map_or(0, Vec::len))
    }

    /// The button, link, tab or label that a person reads as this text, as soon as it can be used.
    pub fn named(&self, text: &str) -> anyhow::Result<Element<'_>> {
        let id = until(
            &format!(
                "{text:?} to click; the page says: {}",
                self.text().unwrap_or_default()
            ),
            || {
                Ok(self
                    .script(FIND_TEXT, &[json!(text)])
                    .ok()
                    .and_then(|found| reference(&found)))
            },
        )?;
        Ok(Element { driver: self, id })
    }

    /// Clicks what a person reads as this text.
    pub fn click(&self, text: &str) -> anyhow::Result<()> {
        until(&format!("{text:?} is clicked"), || {
            Ok(self.named(text)?.click().ok())
        })
    }

    /// Everything a person reads on the page.
    pub fn text(&self) -> anyhow::Result<String> {
        let text = self.script("return document.body ? document.body.innerText : ''", &[])?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page says this.
    pub fn says(&self, text: &str) -> anyhow::Result<()> {
        let waited = until("the text", || Ok(self.text()?.contains(text).then_some(())));
        waited.with_context(|| {
            format!(
                "{text:?} never stood on the page: {}",
                self.text().unwrap_or_default()
            )
        })
    }

    /// Sets the size of the window's content as far as the desktop lets it.
    pub fn size(&self, width: u32, height: u32) -> anyhow::Result<()> {
        self.post(
            "window/rect",
            &json!({"x": 0, "y": 0, "width": width, "height": height}),
        )
        .map(drop)
    }

    /// What is wider than its place, or text that is cut off; empty when all fits.
    pub fn overflow(&self) -> anyhow::Result<Vec<String>> {
        let found = self.script(OVERFLOW, &[])?;
        Ok(serde_json::from_value(found)?)
    }

    /// Goes to a page by its address, as a link would.
    pub fn go(&self, path: &str) -> anyhow::Result<()> {
        self.script("location.hash = arguments[0]", &[json!(path)])
            .map(drop)
    }

    /// The page as a picture file.
    pub fn picture(&self, file: &Path) -> anyhow::Result<()> {
        let picture = self.get("screenshot")?;
        let text = picture.as_str().context("a picture is a text")?;
        std::fs::write(file, base64::engine::general_purpose::STANDARD.decode(text)?)?;
        Ok(())
    }

    /// What a person reads in a frame of the page: a document of its own, which no script of the page can look into.
    pub fn framed(&self, selector: &str) -> anyhow::Result<String> {
        let frame = self.element(selector)?;
        self.post("frame", &json!({"id": {ELEMENT: frame.id}}))?;
        let text = self.element("body").and_then(|body| body.text());
        self.post("frame", &json!({"id": null}))?;
        text
    }

    /// Ends the session; the window process goes with it.
    pub fn close(self) -> anyhow::Result<()> {
        value(self.agent.delete(&self.session).call()?).map(drop)
    }
}

impl Element<'_> {
    /// Clicks it.
    pub fn click(&self) -> anyhow::Result<()> {
        self.driver
            .post(&format!("element/{}/click", self.id), &json!({}))
            .map(drop)
    }

    /// Types into it what a person would, over what stood there: all of it is marked first.
    pub fn fill(&self, text: &str) -> anyhow::Result<()> {
        self.keys("\u{e009}a\u{e000}")?;
        self.keys(text)
    }

    /// Types into it.
    pub fn keys(&self, text: &str) -> anyhow::Result<()> {
        self.driver
            .post(&format!("element/{}/value", self.id), &json!({"text": text}))
            .map(drop)
    }

    /// What a person reads on it.
    pub fn text(&self) -> anyhow::Result<String> {
        let text = self.driver.get(&format!("element/{}/text", self.id))?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// One of its attributes.
    pub fn attribute(&self, name: &str) -> anyhow::Result<Option<String>> {
        let found = self
            .driver
            .get(&format!("element/{}/attribute/{name}", self.id))?;
        Ok(found.as_str().map(str::to_owned))
    }
}

fn reference(found: &Value) -> Option<String> {
    found.get(ELEMENT).and_then(Value::as_str).map(str::to_owned)
}

/// The value of an answer, or the driver's own word of what went wrong.
fn value(mut answer: ureq::http::Response<ureq::Body>) -> anyhow::Result<Value> {
    let body: Value = answer
        .body_mut()
        .with_config()
        .limit(64 * 1024 * 1024)
        .read_json()?;
    let value = body.get("value").cloned().unwrap_or(Value::Null);
    if let Some(error) = value.get("error").and_then(Value::as_str) {
        let detail = value.get("message").and_then(Value::as_str).unwrap_or_default();
        bail!("{error}: {detail}");
    }
    Ok(value)
}

fn free_port() -> anyhow::Result<u16> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    ensure!(port != 0, "a free port");
    Ok(port)
}
