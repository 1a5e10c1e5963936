//! The engine's tests as one program, so that the kit and the engine's own generic code are built once for all of them.
//! Mostly in virtual time, against clouds, kernels, panels and channels that remember; what runs as a real process is in the
//! end-to-end tests.

mod balances;
mod clocks;
mod closing;
mod devices;
mod disk;
mod faults;
mod flows;
mod intents;
mod kit;
mod mail;
mod path;
mod persons;
mod quiet;
mod quotas;
mod renewals;
mod report;
mod review_cover;
mod review_intents;
mod review_loops;
mod routing;
mod simulated;
mod subscriptions;
mod sweep;
mod waiting_looks;
