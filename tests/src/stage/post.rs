//! A mail server of the test's own: Dovecot on loopback, with a certificate of a test's own authority and mailboxes in a
//! temporary folder. Owns the process and its files; both end with the value. As root it runs as nobody, so that it
//! never has more rights than a person's own.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::desk::until;
use super::inside;

/// Users of the server and their passwords; FAKE, they open nothing else.
pub const USERS: [(&str, &str); 2] = [("anna", "FAKE-anna"), ("bert", "FAKE-bert")];
/// `nobody` and `nogroup` on Debian.
const NOBODY: u32 = 65_534;

/// Who the server runs as.
struct Owner {
    user: String,
    group: String,
    uid: u32,
    gid: u32,
    is_root: bool,
}

/// A running mail server.
pub struct PostOffice {
    child: Child,
    folder: tempfile::TempDir,
    owner: Owner,
    /// Port of TLS from the first byte.
    pub imaps: u16,
    /// Port of a start in clear.
    pub imap: u16,
}

impl PostOffice {
    /// Starts one, and returns when it takes connections.
    pub fn open() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let owner = Owner::of_this_process()?;
        let (imaps, imap) = (free_port()?, free_port()?);
        certify(folder.path())?;
        let users: String = USERS
            .iter()
            .map(|(user, password)| format!("{user}:{{PLAIN}}{password}\n"))
            .collect();
        std::fs::write(folder.path().join("users"), users)?;
        for (user, _) in USERS {
            for part in ["new", "cur", "tmp"] {
                std::fs::create_dir_all(folder.path().join("mail").join(user).join(part))?;
            }
        }
        std::fs::create_dir_all(folder.path().join("run"))?;
        let config = folder.path().join("dovecot.conf");
        std::fs::write(&config, configuration(folder.path(), &owner, imaps, imap))?;
        owner.take(folder.path())?;
        let mut command = Command::new(program()?);
        command
            .arg("-F")
            .arg("-c")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if owner.is_root {
            command.uid(owner.uid).gid(owner.gid);
        }
        let child = command.spawn().context("dovecot starts")?;
        let office = Self {
            child,
            folder,
            owner,
            imaps,
            imap,
        };
        office.wait_until_open()?;
        Ok(office)
    }

    fn wait_until_open(&self) -> anyhow::Result<()> {
        let open = |port: u16| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
        until("dovecot at both doors", || {
            Ok((open(self.imaps) && open(self.imap)).then_some(()))
        })
        .with_context(|| self.log().unwrap_or_default())
    }

    /// The authority's certificate, for a program that is to believe this server.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Puts a mail into a box as a server does, received now. Its file name comes back.
    pub fn deliver(&self, user: &str, name: &str, mail: &[u8]) -> anyhow::Result<PathBuf> {
        self.deliver_old(user, name, mail, Duration::ZERO)
    }

    /// As [`Self::deliver`], received so long ago.
    pub fn deliver_old(&self, user: &str, name: &str, mail: &[u8], age: Duration) -> anyhow::Result<PathBuf> {
        let maildir = self.maildir(user);
        let (first, last) = (maildir.join("tmp").join(name), maildir.join("new").join(name));
        std::fs::write(&first, mail)?;
        let file = std::fs::File::options().write(true).open(&first)?;
        file.set_modified(file.metadata()?.modified()? - age)?;
        self.owner.take_file(&first)?;
        std::fs::rename(&first, &last)?;
        Ok(last)
    }

    /// Whether a person's program would show this mail as read.
    pub fn is_read(&self, user: &str, name: &str) -> anyhow::Result<bool> {
        for part in ["new", "cur"] {
            for entry in std::fs::read_dir(self.maildir(user).join(part))? {
                let file = entry?.file_name().to_string_lossy().into_owned();
                if file.starts_with(name) {
                    return Ok(file
                        .split_once(":2,")
                        .is_some_and(|(_, flags)| flags.contains('S')));
                }
            }
        }
        anyhow::bail!("{name} is gone")
    }

    /// Gives the folder new numbers, as a restored or moved one has.
    pub fn renumber(&self, user: &str) -> anyhow::Result<()> {
        let maildir = self.maildir(user);
        for entry in std::fs::read_dir(&maildir)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name.starts_with("dovecot.index") {
                std::fs::remove_file(&path)?;
            }
        }
        let list = maildir.join("dovecot-uidlist");
        let text = std::fs::read_to_string(&list)?;
        let validity: u32 = text
            .split_whitespace()
            .find_map(|word| word.strip_prefix('V'))
            .context("the list has a validity")?
            .parse()?;
        std::fs::write(&list, format!("3 V{} N1\n", validity + 1))?;
        self.owner.take_file(&list)
    }

    /// How often the server refused a login.
    pub fn refusals(&self) -> anyhow::Result<usize> {
        Ok(self.log()?.matches("(auth failed, 1 attempts").count())
    }

    /// How often it took one.
    pub fn logins(&self) -> anyhow::Result<usize> {
        Ok(self.log()?.matches("imap-login: Info: Login: user=").count())
    }

    /// What it wrote so far.
    pub fn log(&self) -> anyhow::Result<String> {
        let path = self.folder.path().join("log");
        Ok(if path.exists() {
            std::fs::read_to_string(path)?
        } else {
            String::new()
        })
    }

    fn maildir(&self, user: &str) -> PathBuf {
        self.folder.path().join("mail").join(user)
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        // Its children end with it when it is asked; a kill would leave them.
        if let Ok(id) = i32::try_from(self.child.id()) {
            #[expect(
                unsafe_code,
                reason = "kill(2) has no safe wrapper in std; the process is our own child"
            )]
            let _ = unsafe { libc::kill(id, libc::SIGTERM) };
        }
        let _ = self.child.wait();
    }
}

impl Owner {
    fn of_this_process() -> anyhow::Result<Self> {
        let id = |what: &str| -> anyhow::Result<String> {
            let output = Command::new("id").arg(what).output()?;
            Ok(String::from_utf8(output.stdout)?.trim().to_owned())
        };
        let uid: u32 = id("-u")?.parse()?;
        if uid == 0 {
            return Ok(Self {
                user: "nobody".to_owned(),
                group: "nogroup".to_owned(),
                uid: NOBODY,
                gid: NOBODY,
                is_root: true,
            });
        }
        Ok(Self {
            user: id("-un")?,
            group: id("-gn")?,
            uid,
            gid: id("-g")?.parse()?,
            is_root: false,
        })
    }

    /// Gives everything below a folder to the server.
    fn take(&self, folder: &Path) -> anyhow::Result<()> {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
        self.take_file(folder)?;
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                self.take(&entry.path())?;
            } else {
                self.take_file(&entry.path())?;
            }
        }
        Ok(())
    }

    fn take_file(&self, path: &Path) -> anyhow::Result<()> {
        if self.is_root {
            chown(path, Some(self.uid), Some(self.gid))?;
        }
        Ok(())
    }
}

fn configuration(folder: &Path, owner: &Owner, imaps: u16, imap: u16) -> String {
    let Owner {
        user,
        group,
        uid,
        gid,
        ..
    } = owner;
    let folder = folder.display();
    format!(
        "base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
auth_verbose = yes
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u mail=maildir:{folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service auth-worker {{
  user = {user}
}}
service stats {{
  chroot =
}}
"
    )
}

/// An authority and a certificate for `localhost`, both made for this test.
fn certify(folder: &Path) -> anyhow::Result<()> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate()?;
    let root = authority.self_signed(&authority_key)?;
    let key = KeyPair::generate()?;
    let issuer = Issuer::new(authority, authority_key);
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &issuer)?;
    std::fs::write(folder.join("ca.pem"), root.pem())?;
    std::fs::write(folder.join("cert.pem"), certificate.pem())?;
    std::fs::write(folder.join("key.pem"), key.serialize_pem())?;
    Ok(())
}

/// Debian keeps it where the PATH of a person does not lead.
fn program() -> anyhow::Result<PathBuf> {
    let debian = PathBuf::from("/usr/sbin/dovecot");
    if debian.is_file() {
        return Ok(debian);
    }
    inside::need("dovecot", "dovecot-imapd")
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A wire between a program and a server that breaks after so many bytes of the server, until it is mended.
pub struct Wire {
    port: u16,
    left: Arc<AtomicUsize>,
}

impl Wire {
    /// Breaks the first conversations after `bytes` of the server each.
    pub fn breaking(to: u16, bytes: usize) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let left = Arc::new(AtomicUsize::new(bytes));
        let most = Arc::clone(&left);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let most = most.load(Ordering::SeqCst);
                std::thread::spawn(move || carry(&client, to, most));
            }
        });
        Ok(Self { port, left })
    }

    /// Where it begins.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// From now on it holds.
    pub fn mend(&self) {
        self.left.store(usize::MAX, Ordering::SeqCst);
    }
}

/// Carries both ways; after `most` bytes of the server both ends are closed.
fn carry(client: &TcpStream, to: u16, most: usize) -> anyhow::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, to))?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
    let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
    let mut carried = 0_usize;
    let mut buffer = [0; 1024];
    loop {
        let read = from_server.read(&mut buffer)?;
        carried += read;
        if read == 0 || carried > most {
            break;
        }
        to_client.write_all(buffer.get(..read).unwrap_or_default())?;
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
    ensure!(carried <= most, "the wire broke");
    Ok(())
}
