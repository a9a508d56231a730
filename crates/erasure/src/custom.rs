//! Codes with the caller's matrix: solved by elimination.

use zgkit_core::limits::MAX_CHECKED_MINORS;
use zgkit_core::{Code, Error, Result};

use crate::code::ErasureCode;
use crate::field::{add_scaled, inv, mul};

/// Checks every square minor of a parity matrix, if there are few enough.
pub(crate) fn check_minors(data: usize, parity: usize, matrix: &[u8]) -> Result<()> {
    if minors(data, parity).is_none_or(|count| count > MAX_CHECKED_MINORS) {
        return Ok(());
    }
    for size in 1..=data.min(parity) {
        let mut rows = Combination::first(size);
        loop {
            let mut columns = Combination::first(size);
            loop {
                let mut basis = Basis::new(size);
                for &row in &rows.0 {
                    basis.offer(columns.0.iter().map(|&column| matrix[row * data + column]));
                }
                if !basis.is_full() {
                    return Err(Error::plain(Code::MatrixSingular));
                }
                if !columns.advance(data) {
                    break;
                }
            }
            if !rows.advance(parity) {
                break;
            }
        }
    }
    Ok(())
}

/// Number of square minors, C(data + parity, data) - 1; `None` where it is out of all proportion.
fn minors(data: usize, parity: usize) -> Option<u64> {
    let mut subsets = 1u64;
    for step in 1..=data.min(parity) as u64 {
        subsets = subsets.checked_mul((data + parity) as u64 - step + 1)? / step;
    }
    Some(subsets - 1)
}

/// Ascending indices, in lexicographic order.
struct Combination(Vec<usize>);

impl Combination {
    fn first(size: usize) -> Self {
        Self((0..size).collect())
    }

    /// Goes on to the next below `bound`; `false` after the last.
    fn advance(&mut self, bound: usize) -> bool {
        let size = self.0.len();
        let Some(place) = (0..size).rev().find(|&place| self.0[place] < bound - size + place) else {
            return false;
        };
        let next = self.0[place] + 1;
        for (index, next) in self.0[place..].iter_mut().zip(next..) {
            *index = next;
        }
        true
    }
}

/// Independent rows, reduced to a permutation as they come.
struct Basis {
    size: usize,
    /// Each row: its reduced columns, then what it is of the rows that were taken.
    rows: Vec<Vec<u8>>,
    /// Where each row has its 1.
    pivots: Vec<usize>,
}

impl Basis {
    fn new(size: usize) -> Self {
        Self { size, rows: Vec::with_capacity(size), pivots: Vec::with_capacity(size) }
    }

    fn is_full(&self) -> bool {
        self.rows.len() == self.size
    }

    /// Takes a row unless it depends on those that were taken, and says whether it did.
    fn offer(&mut self, columns: impl Iterator<Item = u8>) -> bool {
        let mut row: Vec<u8> = columns.collect();
        row.resize(2 * self.size, 0);
        for (taken, &pivot) in self.rows.iter().zip(&self.pivots) {
            let factor = row[pivot];
            add_scaled(&mut row, factor, taken);
        }
        let Some(pivot) = row[..self.size].iter().position(|&entry| entry != 0) else { return false };
        row[self.size + self.rows.len()] = 1;
        let scale = inv(row[pivot]);
        row.iter_mut().for_each(|entry| *entry = mul(*entry, scale));
        for taken in &mut self.rows {
            let factor = taken[pivot];
            add_scaled(taken, factor, &row);
        }
        self.rows.push(row);
        self.pivots.push(pivot);
        true
    }

    /// Column `index` as the sum of the rows that were taken: a factor for each.
    fn column(&self, index: usize) -> &[u8] {
        let row = self.pivots.iter().position(|&pivot| pivot == index).expect("the basis is full");
        &self.rows[row][self.size..]
    }
}

/// As [`ErasureCode::solve`]; `present` ascends.
pub(crate) fn solve(code: &ErasureCode, present: &[u8], wanted: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    let (data, matrix) = (code.data(), code.matrix());
    let row = |shard: u8| &matrix[(usize::from(shard) - data) * data..][..data];
    let parity_begins = present.partition_point(|&shard| usize::from(shard) < data);
    let (known, parity) = present.split_at(parity_begins);
    let missing: Vec<u8> =
        (0..data).map(|shard| shard as u8).filter(|shard| !known.contains(shard)).collect();

    let mut basis = Basis::new(missing.len());
    let mut used = known.to_vec();
    for &shard in parity {
        if !basis.is_full() && basis.offer(missing.iter().map(|&column| row(shard)[usize::from(column)])) {
            used.push(shard);
        }
    }
    if !basis.is_full() {
        return Err(Error::plain(Code::MatrixSingular));
    }

    // Every data shard as a sum of those used.
    let mut solved = vec![0; data * data];
    for (place, &shard) in known.iter().enumerate() {
        solved[usize::from(shard) * data + place] = 1;
    }
    for (index, &shard) in missing.iter().enumerate() {
        let sum = &mut solved[usize::from(shard) * data..][..data];
        sum[known.len()..].copy_from_slice(basis.column(index));
        for (&factor, &taken) in basis.column(index).iter().zip(&used[known.len()..]) {
            for (entry, &shard) in sum.iter_mut().zip(known) {
                *entry ^= mul(factor, row(taken)[usize::from(shard)]);
            }
        }
    }

    let mut factors = vec![0; data * wanted.len()];
    for (index, &shard) in wanted.iter().enumerate() {
        let mut sum = vec![0; data];
        match usize::from(shard) < data {
            true => sum.copy_from_slice(&solved[usize::from(shard) * data..][..data]),
            false => {
                for (&factor, solved) in row(shard).iter().zip(solved.chunks_exact(data)) {
                    add_scaled(&mut sum, factor, solved);
                }
            }
        }
        for (place, factor) in sum.into_iter().enumerate() {
            factors[place * wanted.len() + index] = factor;
        }
    }
    Ok((used, factors))
}
