//! Where a controller is: how it is written, and which places may be named. Owns the text form; never a secret, which has
//! no place in an address. Tested below.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use tidegate_egress::plain_allowed;
use url::Url;

/// Which controller an account means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Controller {
    /// The first that answers at the places where kernels and desktop clients put theirs.
    Auto,
    /// This one.
    At(Place),
}

/// One place of a controller.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// Over the network.
    Net {
        /// Over TLS.
        tls: bool,
        /// Name or address, without brackets.
        host: String,
        /// Its port.
        port: u16,
    },
    /// A unix socket.
    Unix(PathBuf),
    /// A named pipe of Windows.
    Pipe(String),
}

/// A text that is no place of a controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "use auto, http://127.0.0.1:9090 (plain http for this machine and private addresses alone), https://name:port, \
     unix:/path/of/the.sock or pipe:\\\\.\\pipe\\name"
)]
pub struct PlaceError;

impl FromStr for Controller {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        match text.trim() {
            "auto" => Ok(Self::Auto),
            place => place.parse().map(Self::At),
        }
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            // One slash begins it, however many are written: what is shown must be read as the same place again.
            let path = path
                .strip_prefix('/')
                .map(|rest| format!("/{}", rest.trim_start_matches('/')));
            let path = path.map(PathBuf::from).filter(|path| path.is_absolute());
            return path.map(Self::Unix).ok_or(PlaceError);
        }
        if let Some(name) = text.strip_prefix("pipe:") {
            let is_pipe = name.len() > PIPES.len() && name.starts_with(PIPES);
            return is_pipe.then(|| Self::Pipe(name.to_owned())).ok_or(PlaceError);
        }
        // As the kernel's own configuration writes it: `127.0.0.1:9090`.
        let bare = text.parse::<std::net::SocketAddr>().is_ok();
        let url: Url = if bare {
            format!("http://{text}").parse()
        } else {
            text.parse()
        }
        .map_err(|_| PlaceError)?;
        of_url(&url).ok_or(PlaceError)
    }
}

/// What every name of a pipe on this machine begins with.
const PIPES: &str = r"\\.\pipe\";

fn of_url(url: &Url) -> Option<Place> {
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && matches!(url.path(), "" | "/");
    let tls = match url.scheme() {
        "https" => true,
        "http" if plain_allowed(url, true) => false,
        _ => return None,
    };
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default()?;
    plain.then_some(Place::Net { tls, host, port })
}

impl Place {
    /// On this machine, this port.
    #[must_use]
    pub fn local(port: u16) -> Self {
        Self::Net {
            tls: false,
            host: "127.0.0.1".to_owned(),
            port,
        }
    }

    /// What stands in `Host`.
    pub(super) fn host(&self) -> String {
        match self {
            Self::Net { host, port, .. } => format!("{}:{port}", bracketed(host)),
            Self::Unix(_) | Self::Pipe(_) => "localhost".to_owned(),
        }
    }

    /// Whether the way itself says who may enter: kernels ask for no secret there, so none is shown.
    pub(super) const fn needs_no_secret(&self) -> bool {
        matches!(self, Self::Unix(_) | Self::Pipe(_))
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net { tls, host, port } => {
                let scheme = if *tls { "https" } else { "http" };
                write!(f, "{scheme}://{}:{port}", bracketed(host))
            }
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Pipe(name) => write!(f, "pipe:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_and_written_in_one_form() {
        let written = |text: &str| match text.parse::<Controller>().unwrap() {
            Controller::Auto => "auto".to_owned(),
            Controller::At(place) => place.to_string(),
        };
        for (text, form) in [
            ("auto", "auto"),
            ("http://127.0.0.1:9090", "http://127.0.0.1:9090"),
            ("http://127.0.0.1:9090/", "http://127.0.0.1:9090"),
            ("127.0.0.1:9097", "http://127.0.0.1:9097"),
            ("http://[::1]:9090", "http://[::1]:9090"),
            ("http://192.168.1.1:9090", "http://192.168.1.1:9090"),
            ("https://router.example:9443", "https://router.example:9443"),
            (
                "unix:/tmp/verge/verge-mihomo.sock",
                "unix:/tmp/verge/verge-mihomo.sock",
            ),
            ("unix:///run/mihomo.sock", "unix:/run/mihomo.sock"),
            ("unix:////run/mihomo.sock", "unix:/run/mihomo.sock"),
            (r"pipe:\\.\pipe\verge-mihomo", r"pipe:\\.\pipe\verge-mihomo"),
        ] {
            assert_eq!(written(text), form, "{text}");
            assert_eq!(written(form), form, "what is written is read as the same");
        }
    }

    #[test]
    fn a_secret_never_leaves_in_clear_nor_stands_in_an_address() {
        for text in [
            "http://kernel.example:9090",
            "http://8.8.8.8:9090",
            "8.8.8.8:9090",
            "http://:FAKE@127.0.0.1:9090",
            "http://127.0.0.1:9090/?token=FAKE",
            "http://127.0.0.1:9090/ui",
            "ws://127.0.0.1:9090",
            "unix:relative.sock",
            "unix:",
            r"pipe:verge-mihomo",
            r"pipe:\\.\pipe\",
            "",
            "yes",
        ] {
            assert_eq!(text.parse::<Controller>(), Err(PlaceError), "{text}");
        }
    }
}
