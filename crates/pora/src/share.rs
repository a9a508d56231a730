//! How the work of one call is shared out.

/// Calls `each` for every `size` items, the last time for what is left, with the number of the first. With `PARALLEL` on the
/// threads of the current rayon pool.
pub fn share<const PARALLEL: bool, T: Send>(
    items: &mut [T],
    size: usize,
    each: impl Fn(usize, &mut [T]) + Sync,
) {
    #[cfg(feature = "parallel")]
    if PARALLEL {
        use rayon::prelude::*;
        items.par_chunks_mut(size).enumerate().for_each(|(index, part)| each(index * size, part));
        return;
    }
    for (index, part) in items.chunks_mut(size).enumerate() {
        each(index * size, part);
    }
}
