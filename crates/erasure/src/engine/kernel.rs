//! The loop that all engines with vectors share.

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

    /// Zeros.
    fn zero() -> Self;

    /// Makes a factor ready.
    fn factor(factor: u8) -> Self::Factor;

    /// Makes bytes ready for products.
    fn operand(self) -> Self::Operand;

    /// `self + a * x`.
    fn add_product(self, a: Self::Factor, x: Self::Operand) -> Self;

    /// `self + a * x + b * y`.
    #[inline(always)]
    fn add_products(self, [a, b]: [Self::Factor; 2], [x, y]: [Self::Operand; 2]) -> Self {
        self.add_product(a, x).add_product(b, y)
    }
}

/// Runs a block of at most eight outputs; `COLUMNS` vectors of each are held at once, and they make whole units.
#[inline(always)]
pub(super) fn run<V: Vector, const COLUMNS: usize>(block: Block) {
    match block.outputs.len() {
        1 => outputs::<V, 1, COLUMNS>(block),
        2 => outputs::<V, 2, COLUMNS>(block),
        3 => outputs::<V, 3, COLUMNS>(block),
        4 => outputs::<V, 4, COLUMNS>(block),
        _ => unreachable!("no engine takes more outputs"),
    }
}

#[inline(always)]
fn outputs<V: Vector, const OUTPUTS: usize, const COLUMNS: usize>(block: Block) {
    let Block { factors, rows, first, inputs, outputs, range, add } = block;
    let step = COLUMNS * size_of::<V>();
    assert!(first + OUTPUTS <= rows && outputs.len() == OUTPUTS);
    let to: [*mut u8; OUTPUTS] = core::array::from_fn(|row| outputs[row].as_mut_ptr());
    for at in range.step_by(step) {
        let mut sums = [[V::zero(); COLUMNS]; OUTPUTS];
        if add {
            for (sums, to) in sums.iter_mut().zip(to) {
                *sums = load(to, at);
            }
        }
        let (pairs, single) = inputs.as_chunks::<2>();
        let mut factors = factors;
        for [x, y] in pairs {
            let (now, rest) = factors.split_at(2 * rows);
            factors = rest;
            let [x, y]: [[V; COLUMNS]; 2] = [load(x.as_ptr(), at), load(y.as_ptr(), at)];
            let operands: [[V::Operand; 2]; COLUMNS] =
                core::array::from_fn(|column| [x[column].operand(), y[column].operand()]);
            for (row, sums) in (first..).zip(&mut sums) {
                let factors = [V::factor(now[row]), V::factor(now[rows + row])];
                for (sum, operands) in sums.iter_mut().zip(operands) {
                    *sum = sum.add_products(factors, operands);
                }
            }
        }
        for x in single {
            let x: [V; COLUMNS] = load(x.as_ptr(), at);
            for (row, sums) in (first..).zip(&mut sums) {
                let factor = V::factor(factors[row]);
                for (sum, x) in sums.iter_mut().zip(x) {
                    *sum = sum.add_product(factor, x.operand());
                }
            }
        }
        for (sums, to) in sums.into_iter().zip(to) {
            for (column, sum) in sums.into_iter().enumerate() {
                // SAFETY: as in `load`.
                unsafe { sum.store(to.add(at + column * size_of::<V>())) };
            }
        }
    }
}

#[inline(always)]
fn load<V: Vector, const COLUMNS: usize>(from: *const u8, at: usize) -> [V; COLUMNS] {
    // SAFETY: the block's range lies within all its inputs and outputs, and its steps are whole.
    core::array::from_fn(|column| unsafe { V::load(from.add(at + column * size_of::<V>())) })
}
