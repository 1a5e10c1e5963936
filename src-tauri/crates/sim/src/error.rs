//! What can go wrong when a world is described or served.

/// A world that cannot be built, found or served.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The scenario file is not what `docs` of [`crate::Scenario`] describe.
    #[error("scenario: {0}")]
    Scenario(String),
    /// Nothing of that name or id is in the world.
    #[error("nothing is called {0:?} in this world")]
    Unknown(String),
    /// The address could not be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address as given.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// Serving ended with an error of the socket.
    #[error("serving ended: {0}")]
    Serve(#[from] std::io::Error),
}
