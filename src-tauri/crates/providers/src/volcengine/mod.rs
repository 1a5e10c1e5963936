//! Volcengine.
