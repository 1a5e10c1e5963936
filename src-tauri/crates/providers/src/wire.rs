//! A connection to another program, whatever carries it. Owns the trait alone.

use std::fmt::Debug;

use tokio::io::{AsyncRead, AsyncWrite};

/// A two-way stream of bytes.
pub trait Wire: AsyncRead + AsyncWrite + Debug + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Debug + Send + Unpin> Wire for T {}
