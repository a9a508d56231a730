//! Memory that the caller fills and reads.

use std::alloc::{Layout, alloc, dealloc};

use zgkit_core::limits::MAX_CALL_BYTES;

/// Alignment of every block: a cache line.
const ALIGN: usize = 64;

fn layout(bytes: usize) -> Option<Layout> {
    if bytes == 0 || bytes > 2 * MAX_CALL_BYTES {
        return None;
    }
    Layout::from_size_align(bytes, ALIGN).ok()
}

/// A block of `bytes` bytes, or 0 if there is no room or `bytes` is 0 or over the limit.
#[unsafe(no_mangle)]
pub extern "C" fn zgkit_alloc(bytes: usize) -> *mut u8 {
    layout(bytes).map_or(std::ptr::null_mut(), |layout| {
        // SAFETY: the layout's size is not zero.
        unsafe { alloc(layout) }
    })
}

/// Returns a block.
///
/// # Safety
/// `block` came from [`zgkit_alloc`] with the same `bytes` and was not returned before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zgkit_free(block: *mut u8, bytes: usize) {
    if let Some(layout) = layout(bytes).filter(|_| !block.is_null()) {
        // SAFETY: the caller vouches for block and size.
        unsafe { dealloc(block, layout) }
    }
}

/// Bytes of the caller's.
///
/// # Safety
/// `pointer` is valid for reads of `length` bytes, which nobody writes meanwhile, or `length` is 0.
pub unsafe fn input<'a>(pointer: *const u8, length: usize) -> &'a [u8] {
    if length == 0 {
        return &[];
    }
    // SAFETY: the caller vouches for it.
    unsafe { std::slice::from_raw_parts(pointer, length) }
}

/// Bytes that the caller wants written.
///
/// # Safety
/// `pointer` is valid for writes of `length` initialised bytes that overlap no input, or `length` is 0.
pub unsafe fn output<'a>(pointer: *mut u8, length: usize) -> &'a mut [u8] {
    if length == 0 {
        return &mut [];
    }
    // SAFETY: the caller vouches for it.
    unsafe { std::slice::from_raw_parts_mut(pointer, length) }
}
