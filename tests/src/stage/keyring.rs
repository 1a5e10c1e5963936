//! A keyring of the test's own: gnome-keyring on a private session bus, with a private home, so that no test can see or
//! touch the keyring of whoever runs it. Owns the daemon; it ends with the value. Never shows a secret.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zbus::blocking::Connection;
use zbus::zvariant::{DynamicType, ObjectPath, OwnedObjectPath, OwnedValue, Type, Value};

use super::desk::until;
use super::inside;

/// The keyring's passphrase; FAKE, it protects nothing.
const PASSPHRASE: &str = "FAKE-login-passphrase";
/// A session bus that can start nothing.
const BARE: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"#;

/// Runs the test again on a bus of its own, on which no service can be activated; `body` runs there.
pub fn on_a_private_bus(test: &str, body: fn(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
    if let Some(folder) = inside::folder() {
        return body(&folder);
    }
    let folder = tempfile::tempdir()?;
    inside::again(private_bus(folder.path())?, folder.path(), test)
}

/// A session bus of its own on which no service can be activated, with this folder for a home; ends with the program whose
/// command line the caller appends. No display is known there.
pub fn private_bus(folder: &Path) -> anyhow::Result<Command> {
    let run = folder.join("run");
    std::fs::create_dir_all(&run)?;
    std::fs::set_permissions(&run, std::fs::Permissions::from_mode(0o700))?;
    let bare = folder.join("bare.conf");
    std::fs::write(&bare, BARE)?;
    let mut bus = Command::new(inside::need("dbus-run-session", "dbus")?);
    bus.arg("--config-file").arg(bare).arg("--");
    bus.env("HOME", folder)
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_RUNTIME_DIR", run)
        .env("TMPDIR", folder)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    Ok(bus)
}

/// A running keyring daemon.
pub struct Keyring(Child);

impl Keyring {
    /// Starts one that is unlocked as by a login.
    pub fn start() -> anyhow::Result<Self> {
        let mut child = Command::new(inside::need("gnome-keyring-daemon", "gnome-keyring")?)
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .context("the keyring daemon starts")?;
        let stdin = child.stdin.take();
        let keyring = Self(child);
        stdin
            .context("it has an input")?
            .write_all(PASSPHRASE.as_bytes())?;
        until("the keyring on the bus", || Ok(is_owned()?.then_some(())))?;
        Ok(keyring)
    }

    /// What another program finds: `secret-tool lookup`.
    pub fn lookup(&self, service: &str, item: &str) -> anyhow::Result<Option<String>> {
        let output = Command::new(inside::need("secret-tool", "libsecret-tools")?)
            .args(["lookup", "service", service, "username", item])
            .output()?;
        let found = output.status.success().then_some(output.stdout);
        Ok(found.map(String::from_utf8).transpose()?)
    }

    /// Locks it.
    pub fn lock(&self) -> anyhow::Result<()> {
        let bus = Connection::session()?;
        let all = vec![login()?];
        let (locked, _): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            call(&bus, "org.freedesktop.Secret.Service", "Lock", &(all,))?;
        ensure!(locked.len() == 1, "the keyring is locked");
        Ok(())
    }

    /// Unlocks it as the login does, without a dialog.
    pub fn unlock(&self) -> anyhow::Result<()> {
        let bus = Connection::session()?;
        let (_, session): (OwnedValue, OwnedObjectPath) = call(
            &bus,
            "org.freedesktop.Secret.Service",
            "OpenSession",
            &("plain", Value::from("")),
        )?;
        let secret = (
            session,
            Vec::<u8>::new(),
            PASSPHRASE.as_bytes().to_vec(),
            "text/plain",
        );
        call(
            &bus,
            "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
            "UnlockWithMasterPassword",
            &(login()?, secret),
        )
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn login() -> anyhow::Result<ObjectPath<'static>> {
    Ok(ObjectPath::from_static_str(
        "/org/freedesktop/secrets/collection/login",
    )?)
}

fn call<B, R>(bus: &Connection, interface: &str, method: &str, body: &B) -> anyhow::Result<R>
where
    B: Serialize + DynamicType,
    R: DeserializeOwned + Type,
{
    let answer = bus.call_method(
        Some("org.freedesktop.secrets"),
        "/org/freedesktop/secrets",
        Some(interface),
        method,
        body,
    )?;
    Ok(answer.body().deserialize()?)
}

/// Whether somebody is the secret service now; asking starts nobody.
fn is_owned() -> anyhow::Result<bool> {
    let output = Command::new(inside::need("dbus-send", "dbus")?)
        .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"])
        .args([
            "org.freedesktop.DBus.NameHasOwner",
            "string:org.freedesktop.secrets",
        ])
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).contains("boolean true"))
}
