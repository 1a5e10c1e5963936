//! The api for other processes: the local link, later HTTP. Thin.
