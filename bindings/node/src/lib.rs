//! The kernels as a Node-API addon.
//!
//! Each kernel has two forms. `nameSync(inputs…, numbers…, out)` runs on the calling thread, writes into the caller's
//! `out` and returns a [`zgkit_core::Code`] as a number, 0 being success. `name(inputs…, numbers…)` copies its inputs,
//! runs on the addon's own pool and resolves to a fresh `Uint8Array`, or to a code. One file for each domain; the list
//! is the same in `bindings/wasm` and `ts/src/kernels.ts`. The addon only marshals: no panic and no Rust memory leaves it.
//! Inputs must not be shared memory that others write meanwhile; zgkit copies such memory first.
#![cfg_attr(test, allow(dead_code, reason = "napi exports nothing in test builds"))]
#![allow(unsafe_code, reason = "results are handed to Node-API by raw value")]

mod aligned;
mod call;
mod erasure;
mod hash;
mod merkle;
mod pool;
mod pora;

use napi_derive::napi;
use zgkit_core::Isa;

/// The instruction sets that the kernels can use here, the best last.
#[napi]
pub fn isas() -> Vec<&'static str> {
    Isa::available().map(Isa::name).collect()
}

/// Makes the kernels use one of [`isas`], in the whole process, from their next call on.
#[napi]
pub fn use_isa(name: String) -> u32 {
    match Isa::named(&name) {
        Ok(isa) => {
            isa.make_current();
            0
        }
        Err(error) => error.code as u32,
    }
}

/// Panics, so that tests can watch it become `INTERNAL`.
#[cfg(feature = "test-panic")]
#[napi]
pub fn force_panic_sync(out: napi::bindgen_prelude::Uint8ArraySlice) -> u32 {
    call::inline(out, &[], |_| forced())
}

/// As `forcePanicSync`, on the pool.
#[cfg(feature = "test-panic")]
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn force_panic(env: &napi::Env) -> napi::Result<napi::bindgen_prelude::Object<'_>> {
    call::pooled(env, Ok(0), |_| forced())
}

#[cfg(feature = "test-panic")]
fn forced() -> zgkit_core::Result<()> {
    // Silent: the tests' output is for failures.
    std::panic::set_hook(Box::new(|_| {}));
    panic!("forced by a test");
}
