//! The real binary, run in a temporary folder, and its whole outputs.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_collect,
    reason = "a helper of a test fails the test, and its inputs are small"
)]

mod case;
mod charts;
mod dark;
mod explain;
mod faults;
mod fleet;
mod formats;
mod landfall;
mod large;
mod numbers;
mod ports;
mod quality;
mod restrict;
mod same_bytes;
mod standard_input;
mod verify;
