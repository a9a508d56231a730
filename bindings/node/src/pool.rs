//! The addon's own threads: Node's four libuv threads stay free for files and DNS.

use std::sync::OnceLock;

use napi_derive::napi;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Most threads that a pool may have.
const MAX_THREADS: u32 = 1024;

static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();

/// The pool, made on first use; `None` where the system gives no threads.
pub fn pool(threads: u32) -> Option<&'static ThreadPool> {
    POOL.get_or_init(|| {
        ThreadPoolBuilder::new()
            .num_threads(threads.min(MAX_THREADS) as usize)
            .thread_name(|index| format!("zgkit-{index}"))
            .build()
            .ok()
    })
    .as_ref()
}

/// Starts the pool with this many threads (0: one for each core; at most 1024) unless it runs already, and returns how
/// many it has; 0 if no thread can be had. The pool is shared by all JavaScript threads of the process.
#[napi]
pub fn start_pool(threads: u32) -> u32 {
    pool(threads).map_or(0, |pool| pool.current_num_threads() as u32)
}
