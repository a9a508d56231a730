//! The loop that all engines with vectors share.

use core::ops::Range;

use super::Block;

/// A vector of bytes as an instruction set has it.
///
/// Every method is inlined into an engine's `run`, which is where its instructions are enabled.
pub(super) trait Vector: Copy {
    /// What a product takes of a factor.
    type Factor: Copy;
    /// What a product takes of an input's bytes.
    type Operand: Copy;

    /// Loads the bytes at `from`.
    ///
    /// # Safety
    /// A whole vector can be read there.
    unsafe fn load(from: *const u8) -> Self;

    /// Stores the bytes to `to`.
    ///
    /// # Safety
    /// A whole vector can be written there.
    unsafe fn store(self, to: *mut u8);

    /// Stores the bytes to `to`, past the caches where the instruction set can.
    ///
    /// # Safety
    /// As for `store`, and `to` is aligned to a vector.
    #[inline(always)]
    unsafe fn stream(self, to: *mut u8) {
        // SAFETY: the caller's.
        unsafe { self.store(to) };
    }

    /// Zeros.
    fn zero() -> Self;

    /// Makes a factor ready.
    fn factor(factor: u8) -> Self::Factor;

    /// Makes bytes ready for products.
    fn operand(self) -> Self::Operand;

    /// `self + a * x`.
    fn add_product(self, a: Self::Factor, x: Self::Operand) -> Self;

    /// `self` and all products of a factor and its operand.
    #[inline(always)]
    fn add_products<const N: usize>(self, factors: [Self::Factor; N], operands: [Self::Operand; N]) -> Self {
        factors.into_iter().zip(operands).fold(self, |sum, (a, x)| sum.add_product(a, x))
    }
}

/// Runs a block of at most four outputs. `COLUMNS` vectors of each are summed up at once, from `INPUTS` inputs at a time:
/// as many as there are registers for.
#[inline(always)]
pub(super) fn run<V: Vector, const COLUMNS: usize, const INPUTS: usize>(block: &mut Block) {
    match block.outputs.len() {
        1 => outputs::<V, 1, COLUMNS, INPUTS>(block),
        2 => outputs::<V, 2, COLUMNS, INPUTS>(block),
        3 => outputs::<V, 3, COLUMNS, INPUTS>(block),
        4 => outputs::<V, 4, COLUMNS, INPUTS>(block),
        _ => unreachable!("no engine takes more outputs"),
    }
}

#[inline(always)]
fn outputs<V: Vector, const OUTPUTS: usize, const COLUMNS: usize, const INPUTS: usize>(block: &mut Block) {
    let Range { start, end } = block.range.clone();
    let wide = end - (end - start) % (COLUMNS * size_of::<V>());
    columns::<V, OUTPUTS, COLUMNS, INPUTS>(block, start..wide);
    columns::<V, OUTPUTS, 1, INPUTS>(block, wide..end);
}

#[inline(always)]
fn columns<V: Vector, const OUTPUTS: usize, const COLUMNS: usize, const INPUTS: usize>(
    block: &mut Block,
    range: Range<usize>,
) {
    let Block { rows, first, inputs, add, stream, .. } = *block;
    let to: [*mut u8; OUTPUTS] = core::array::from_fn(|row| block.outputs[row].as_mut_ptr());
    let (many, single) = inputs.as_chunks::<INPUTS>();
    let (factors_of_many, factors_of_single) = block.factors.split_at(many.len() * INPUTS * rows);
    for at in range.step_by(COLUMNS * size_of::<V>()) {
        let mut sums = [[V::zero(); COLUMNS]; OUTPUTS];
        if add {
            sums = to.map(|to| load(to, at));
        }
        for (inputs, factors) in many.iter().zip(factors_of_many.chunks_exact(INPUTS * rows)) {
            add_inputs(&mut sums, inputs, at, |input, row| factors[input * rows + first + row]);
        }
        for (input, factors) in single.iter().zip(factors_of_single.chunks_exact(rows)) {
            add_inputs(&mut sums, &[input], at, |_, row| factors[first + row]);
        }
        for (sums, to) in sums.into_iter().zip(to) {
            for (column, sum) in sums.into_iter().enumerate() {
                // SAFETY: as in `load`.
                let to = unsafe { to.add(at + column * size_of::<V>()) };
                if stream {
                    // SAFETY: as in `load`, and only outputs that are aligned are streamed to.
                    unsafe { sum.stream(to) };
                } else {
                    // SAFETY: as in `load`.
                    unsafe { sum.store(to) };
                }
            }
        }
    }
}

/// Adds the inputs, each times its factor in a row, to the sums of all rows.
#[inline(always)]
fn add_inputs<V: Vector, const OUTPUTS: usize, const COLUMNS: usize, const INPUTS: usize>(
    sums: &mut [[V; COLUMNS]; OUTPUTS],
    inputs: &[&[u8]; INPUTS],
    at: usize,
    factor: impl Fn(usize, usize) -> u8,
) {
    let bytes: [[V; COLUMNS]; INPUTS] = inputs.map(|input| load(input.as_ptr(), at));
    let operands: [[V::Operand; INPUTS]; COLUMNS] =
        core::array::from_fn(|column| core::array::from_fn(|input| bytes[input][column].operand()));
    for (row, sums) in sums.iter_mut().enumerate() {
        let factors: [V::Factor; INPUTS] = core::array::from_fn(|input| V::factor(factor(input, row)));
        for (sum, operands) in sums.iter_mut().zip(operands) {
            *sum = sum.add_products(factors, operands);
        }
    }
}

#[inline(always)]
fn load<V: Vector, const COLUMNS: usize>(from: *const u8, at: usize) -> [V; COLUMNS] {
    core::array::from_fn(|column| {
        // SAFETY: the block's range lies within all its inputs and outputs, and the steps through it are whole.
        let from = unsafe { from.add(at + column * size_of::<V>()) };
        // SAFETY: as above.
        unsafe { V::load(from) }
    })
}
