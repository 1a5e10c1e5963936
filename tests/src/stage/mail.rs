//! A real mail server with a certificate of the test's own authority, and the letters it took.
//!
//! Owns the process and ends it with the test. The server is aiosmtpd in a virtual environment that `make test` makes.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use serde::Deserialize;
use serde_json::Value;

/// Who may sign in.
pub const USER: &str = "ops@example.com";
/// FAKE: with which code.
pub const PASSWORD: &str = "FAKE-mail-code";

/// A letter as the server took it.
#[derive(Clone, Debug, Deserialize)]
pub struct Letter {
    /// For whom.
    pub to: Vec<String>,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// The whole letter.
    pub letter: String,
}

impl Letter {
    /// A header as it stands, folded lines joined.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let unfolded = self.letter.replace("\r\n ", " ").replace("\r\n\t", " ");
        let of = |line: &str| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned);
        unfolded.lines().find_map(of).unwrap_or_default()
    }
}

/// A running mail server.
pub struct MailServer {
    process: Child,
    folder: tempfile::TempDir,
    /// Its port on `localhost`.
    pub port: u16,
    /// The authority that signed its certificate, in PEM form.
    pub ca: String,
}

impl MailServer {
    /// Starts one: `implicit` or `starttls`.
    pub fn start(mode: &str) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join("letters"))?;
        let (ca, certificate, key) = certificate()?;
        let (certificate_file, key_file) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        std::fs::write(&certificate_file, certificate)?;
        std::fs::write(&key_file, key)?;
        let mut process = Command::new(python()?)
            .arg(crate::root().join("tests/mail/server.py"))
            .args([mode.as_ref(), certificate_file.as_os_str(), key_file.as_os_str()])
            .arg(folder.path().join("letters"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut first = String::new();
        let out = process.stdout.take().context("the server's output")?;
        BufReader::new(out).read_line(&mut first)?;
        let told: Value = serde_json::from_str(&first).context("the server tells its port")?;
        let port = told.pointer("/port").and_then(Value::as_u64).context("a port")?;
        Ok(Self {
            process,
            folder,
            port: u16::try_from(port)?,
            ca,
        })
    }

    /// Every letter it took, in order.
    pub fn letters(&self) -> anyhow::Result<Vec<Letter>> {
        let entries = std::fs::read_dir(self.folder.path().join("letters"))?;
        let mut files: Vec<PathBuf> = entries
            .map(|entry| Ok(entry?.path()))
            .collect::<anyhow::Result<_>>()?;
        files.retain(|file| file.extension().is_some_and(|end| end == "json"));
        files.sort();
        files
            .iter()
            .map(|file| Ok(serde_json::from_slice(&std::fs::read(file)?)?))
            .collect()
    }

    /// A letter's parts as a mail reader has them, by Python's own parser: `[[type, text], …]`.
    pub fn parts(&self, letter: &Letter) -> anyhow::Result<Vec<(String, String)>> {
        let file = self.folder.path().join("letter.eml");
        std::fs::write(&file, &letter.letter)?;
        let script = "import email, email.policy, json, sys\n\
            mail = email.message_from_bytes(open(sys.argv[1], 'rb').read(), policy=email.policy.default)\n\
            parts = [[part.get_content_type(), part.get_content()] for part in mail.walk() if not part.is_multipart()]\n\
            print(json.dumps([['subject', mail['subject']]] + parts))";
        let read = Command::new(python()?).args(["-c", script]).arg(&file).output()?;
        ensure!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        Ok(serde_json::from_slice(&read.stdout)?)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An authority, and a certificate of it for `localhost` with its key, in PEM form.
fn certificate() -> anyhow::Result<(String, String, String)> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_key = KeyPair::generate()?;
    let ca = authority.self_signed(&authority_key)?.pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate()?;
    let own = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &issuer)?;
    Ok((ca, own.pem(), key.serialize_pem()))
}

/// The interpreter that has the server; `make test` makes it.
fn python() -> anyhow::Result<PathBuf> {
    let venv = crate::root().join(".cache/mail-venv");
    let python = ["bin/python", "Scripts/python.exe"].map(|path| venv.join(path));
    python.into_iter().find(|path| path.exists()).with_context(|| {
        format!(
            "the mail server of the tests is not installed in {}: run `make test` (or tests/mail/setup.sh), which needs \
             the packages python3 and python3-venv",
            venv.display()
        )
    })
}
