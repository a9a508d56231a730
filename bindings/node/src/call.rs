//! How a kernel is called: inline into the caller's buffer, or pooled into a fresh one.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::{Object, ToNapiValue, Uint8ArraySlice};
use napi::{Env, sys};
use zgkit_core::limits::MAX_CALL_BYTES;
use zgkit_core::{Code, Error, Result};

use crate::aligned::Aligned;
use crate::pool::pool;

/// Runs a kernel now. `out` must overlap no input: JavaScript can pass views of one buffer, Rust cannot take them.
pub fn inline(
    mut out: Uint8ArraySlice,
    inputs: &[&Uint8ArraySlice],
    kernel: impl FnOnce(&mut [u8]) -> Result<()>,
) -> u32 {
    let written = out.as_ptr_range();
    let overlaps = inputs.iter().any(|input| {
        let read = input.as_ptr_range();
        !input.is_empty() && read.start < written.end && written.start < read.end
    });
    if overlaps {
        return Code::BufferOverlap as u32;
    }
    // SAFETY: `out` overlaps no input, and no JavaScript runs before this returns.
    let out = unsafe { out.as_mut() };
    contained(|| kernel(out)).map_or_else(|error| error.code as u32, |()| 0)
}

/// Runs a kernel on the pool; the promise resolves to `out_length` bytes, or to a code.
pub fn pooled<'env>(
    env: &'env Env,
    out_length: Result<usize>,
    kernel: impl FnOnce(&mut [u8]) -> Result<()> + Send + 'static,
) -> napi::Result<Object<'env>> {
    let (deferred, promise) = env.create_deferred()?;
    let run = move || {
        let outcome = contained(|| {
            let mut out = zeroed(out_length?)?;
            kernel(&mut out)?;
            Ok(out)
        });
        deferred.resolve(move |_| Ok(Outcome(outcome)));
    };
    match pool(0) {
        Some(pool) => pool.spawn(run),
        None => run(),
    }
    Ok(promise)
}

/// A panic must not cross the boundary; it becomes `INTERNAL`.
fn contained<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Error::plain(Code::Internal)))
}

/// Zero bytes, or an error where a caller's number asks for more than there is.
fn zeroed(length: usize) -> Result<Aligned> {
    let limit = Error::mismatch(Code::LimitExceeded, MAX_CALL_BYTES as u64, length as u64);
    if length > MAX_CALL_BYTES {
        return Err(limit);
    }
    Aligned::zeroed(length).map_err(|_| limit)
}

/// A JavaScript number as a length.
pub fn length(value: f64) -> Result<usize> {
    let value = zgkit_core::count(value)?;
    value.try_into().map_err(|_| Error::mismatch(Code::LimitExceeded, usize::MAX as u64, value))
}

/// Bytes of the result: `unit` for each of `count`.
pub fn sized(count: usize, unit: usize) -> Result<usize> {
    count.checked_mul(unit).ok_or(Error::mismatch(Code::LimitExceeded, MAX_CALL_BYTES as u64, u64::MAX))
}

/// A result on its way to JavaScript.
struct Outcome(Result<Aligned>);

impl ToNapiValue for Outcome {
    unsafe fn to_napi_value(env: sys::napi_env, outcome: Self) -> napi::Result<sys::napi_value> {
        match outcome.0 {
            // Copied into memory that JavaScript owns: some hosts forbid external buffers.
            Ok(bytes) => {
                let copy = Uint8ArraySlice::copy_from(&Env::from_raw(env), &*bytes)?;
                // SAFETY: `env` is the caller's, on its thread.
                unsafe { ToNapiValue::to_napi_value(env, copy) }
            }
            // SAFETY: as above.
            Err(error) => unsafe { ToNapiValue::to_napi_value(env, error.code as u32) },
        }
    }
}
