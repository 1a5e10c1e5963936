//! A private session bus with a keyring of its own. The test binary runs itself again inside `dbus-run-session`, with
//! its own home and runtime folders, so that no test can see or touch the keyring of whoever runs it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

/// Tells the inner run that it is the inner run.
const INSIDE: &str = "TIDEGATE_TEST_INSIDE";
/// The keyring's passphrase in these tests; FAKE, it protects nothing.
const PASSPHRASE: &str = "FAKE-login-passphrase";
/// Looks at a condition before it counts as never coming. Each look starts a process, which takes milliseconds.
const LOOKS: usize = 5_000;

/// Which bus the inner run finds.
#[derive(Clone, Copy, PartialEq)]
pub enum Bus {
    /// With the system's activation files.
    Usual,
    /// With no service that could be activated.
    Bare,
    /// None at all.
    None,
}

/// Runs `body` inside the private surroundings; `test` is the calling test's name.
pub fn inside(test: &str, bus: Bus, body: fn(&House)) {
    if std::env::var_os(INSIDE).is_some() {
        return body(&House);
    }
    let folder = tempfile::tempdir().expect("a folder for the private house");
    let output = command(bus, folder.path())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(INSIDE, folder.path())
        .env("HOME", folder.path())
        .env("XDG_DATA_HOME", folder.path().join("data"))
        .env("XDG_CONFIG_HOME", folder.path().join("config"))
        .env("XDG_RUNTIME_DIR", folder.path().join("run"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("the test binary starts again");
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("1 passed"),
        "the inner run did not run {test}: {said}"
    );
}

fn command(bus: Bus, folder: &Path) -> Command {
    use std::os::unix::fs::PermissionsExt as _;
    let run = folder.join("run");
    std::fs::create_dir_all(&run).expect("a runtime folder");
    std::fs::set_permissions(&run, std::fs::Permissions::from_mode(0o700)).expect("a private runtime folder");
    let this = std::env::current_exe().expect("the test binary's own path");
    if bus == Bus::None {
        let mut command = Command::new(this);
        command.env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}/nobody", run.display()),
        );
        return command;
    }
    let mut command = Command::new(need("dbus-run-session", "dbus"));
    if bus == Bus::Bare {
        let file = folder.join("bare.conf");
        std::fs::write(&file, BARE).expect("a bus configuration");
        command.arg("--config-file").arg(file);
    }
    command.arg("--").arg(this);
    command
}

/// A session bus that can start nothing.
const BARE: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"#;

/// The program's path; without it the test fails and names the package.
fn need(program: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("{program} is missing: install the Debian package {package}"))
}

/// The private surroundings, seen from the inner run.
pub struct House;

/// A running keyring daemon; it ends with this value.
pub struct Daemon(Child);

impl Daemon {
    /// Ends it at once, as a crash would.
    pub fn kill(mut self) {
        self.0.kill().expect("the daemon can be ended");
        self.0.wait().expect("the daemon ends");
        until("the service is gone", || !owned());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl House {
    /// Starts a keyring that is unlocked as by a login.
    pub fn daemon(&self) -> Daemon {
        let mut child = Command::new(need("gnome-keyring-daemon", "gnome-keyring"))
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the keyring daemon starts");
        let mut stdin = child.stdin.take().expect("its input");
        stdin
            .write_all(PASSPHRASE.as_bytes())
            .expect("the passphrase is taken");
        drop(stdin);
        until("the service is there", owned);
        Daemon(child)
    }

    /// What another program finds: `secret-tool lookup`.
    pub fn lookup(&self, service: &str, item: &str) -> Option<String> {
        let output = Command::new(need("secret-tool", "libsecret-tools"))
            .args(["lookup", "service", service, "username", item])
            .output()
            .expect("secret-tool runs");
        output
            .status
            .success()
            .then(|| String::from_utf8(output.stdout).expect("text"))
    }

    /// Stores an item as another program would.
    pub fn store(&self, service: &str, item: &str, value: &str) {
        let mut child = Command::new(need("secret-tool", "libsecret-tools"))
            .args([
                "store",
                "--label",
                "from outside",
                "service",
                service,
                "username",
                item,
            ])
            .stdin(Stdio::piped())
            .spawn()
            .expect("secret-tool runs");
        let mut stdin = child.stdin.take().expect("its input");
        stdin.write_all(value.as_bytes()).expect("the value is taken");
        drop(stdin);
        assert!(child.wait().expect("secret-tool ends").success());
    }

    /// Locks every collection.
    pub fn lock(&self) {
        let all = vec![login()];
        let _: (Vec<OwnedObjectPath>, OwnedObjectPath) =
            call("org.freedesktop.Secret.Service", "Lock", &(all,));
    }

    /// Unlocks as the login does, without a dialog.
    pub fn unlock(&self) {
        let bus = zbus::blocking::Connection::session().expect("the bus");
        let (_, session): (OwnedValue, OwnedObjectPath) = call_on(
            &bus,
            "org.freedesktop.Secret.Service",
            "OpenSession",
            &("plain", Value::from("")),
        );
        let secret = (
            session,
            Vec::<u8>::new(),
            PASSPHRASE.as_bytes().to_vec(),
            "text/plain",
        );
        let () = call_on(
            &bus,
            "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
            "UnlockWithMasterPassword",
            &(login(), secret),
        );
    }
}

fn login() -> ObjectPath<'static> {
    ObjectPath::from_static_str("/org/freedesktop/secrets/collection/login").expect("a path")
}

fn call<B, R>(interface: &str, method: &str, body: &B) -> R
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
    R: serde::de::DeserializeOwned + zbus::zvariant::Type,
{
    let bus = zbus::blocking::Connection::session().expect("the bus");
    call_on(&bus, interface, method, body)
}

fn call_on<B, R>(bus: &zbus::blocking::Connection, interface: &str, method: &str, body: &B) -> R
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
    R: serde::de::DeserializeOwned + zbus::zvariant::Type,
{
    bus.call_method(
        Some("org.freedesktop.secrets"),
        "/org/freedesktop/secrets",
        Some(interface),
        method,
        body,
    )
    .expect("the service answers")
    .body()
    .deserialize()
    .expect("the answer has its form")
}

/// Whether somebody is the secret service now; asking starts nobody.
fn owned() -> bool {
    let output = Command::new(need("dbus-send", "dbus"))
        .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"])
        .args([
            "org.freedesktop.DBus.NameHasOwner",
            "string:org.freedesktop.secrets",
        ])
        .output()
        .expect("dbus-send runs");
    String::from_utf8_lossy(&output.stdout).contains("boolean true")
}

fn until(what: &str, condition: impl Fn() -> bool) {
    assert!((0..LOOKS).any(|_| condition()), "never: {what}");
}
