//! Simulated clouds, channels and worlds.
