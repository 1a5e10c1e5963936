//! The way to a place: the trait that a test puts its own in place of, and the machine's real one. Owns where desktop
//! clients put their sockets; never speaks over what it opens.

use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tokio::net::TcpStream;

use super::{Place, limits};
use crate::wire::Wire;

/// Opens connections to controllers.
#[async_trait]
pub trait Reach: Send + Sync {
    /// Connects, without TLS. The caller limits how long it may take.
    async fn open(&self, place: &Place) -> io::Result<Box<dyn Wire>>;
    /// Where controllers of this machine may be, the likeliest first.
    async fn known(&self) -> Vec<Place>;
}

/// This machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine;

#[async_trait]
impl Reach for Machine {
    async fn open(&self, place: &Place) -> io::Result<Box<dyn Wire>> {
        match place {
            Place::Net { host, port, .. } => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
            Place::Unix(path) => unix(path).await,
            Place::Pipe(name) => pipe(name),
        }
    }

    async fn known(&self) -> Vec<Place> {
        let mut places = sockets().await;
        places.extend(pipes());
        places.extend([9090, 9097].map(Place::local));
        places
    }
}

#[cfg(unix)]
async fn unix(path: &Path) -> io::Result<Box<dyn Wire>> {
    Ok(Box::new(tokio::net::UnixStream::connect(path).await?))
}

#[cfg(not(unix))]
async fn unix(_path: &Path) -> io::Result<Box<dyn Wire>> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(windows)]
fn pipe(name: &str) -> io::Result<Box<dyn Wire>> {
    let client = tokio::net::windows::named_pipe::ClientOptions::new().open(name)?;
    Ok(Box::new(client))
}

#[cfg(not(windows))]
fn pipe(_name: &str) -> io::Result<Box<dyn Wire>> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Pipes of desktop clients: Clash Verge Rev, Clash Party.
fn pipes() -> impl Iterator<Item = Place> {
    let names = [r"\\.\pipe\verge-mihomo", r"\\.\pipe\MihomoParty\mihomo"];
    let here = cfg!(windows).then_some(names).into_iter().flatten();
    here.map(|name| Place::Pipe(name.to_owned()))
}

/// Sockets of desktop clients that are there: Clash Verge Rev on its own and as a service, Clash Party.
async fn sockets() -> Vec<Place> {
    if cfg!(not(unix)) {
        return Vec::new();
    }
    let fixed = [
        "/tmp/verge/verge-mihomo.sock",
        "/tmp/verge-mihomo.sock",
        "/tmp/mihomo-party.sock",
        "/tmp/mihomo.sock",
    ];
    let mut paths: Vec<PathBuf> = fixed.map(PathBuf::from).to_vec();
    for user in entries(Path::new("/var/run/clash-verge-service/users")).await {
        paths.push(user.join("verge-mihomo.sock"));
    }
    let party = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        name.is_some_and(|name| name.starts_with("mihomo-party-") && name.ends_with(".sock"))
    };
    paths.extend(entries(Path::new("/tmp")).await.into_iter().filter(party));
    let mut places = Vec::new();
    for path in paths {
        if tokio::fs::try_exists(&path).await.unwrap_or(false) {
            places.push(Place::Unix(path));
        }
    }
    places.truncate(limits::SOCKETS);
    places
}

/// What is in a folder; nothing where it cannot be read.
async fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(mut reader) = tokio::fs::read_dir(folder).await else {
        return Vec::new();
    };
    let mut found = Vec::new();
    while let Ok(Some(entry)) = reader.next_entry().await {
        found.push(entry.path());
    }
    found
}
