//! x
#![deny(unsafe_code)]
mod code;
mod custom;
#[allow(unsafe_code)]
mod engine;
mod field;
mod points;
pub mod unchecked;
pub use code::{ErasureCode, Kind};
