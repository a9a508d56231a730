//! The vectors of testdata/, each with the number of cases that it must have run.

mod abi;
mod context;
mod epochs;
mod kv;
mod mining;
mod rewards;
mod uploads;
