use zgkit_core::{Code, Error, Isa, Result};

use crate::ErasureCode;
use crate::engine::combine;

/// How wanted shards follow from present ones.
///
/// ```
/// use zgkit_erasure::{ErasureCode, unchecked::Plan};
///
/// // Shard at a time: parity grows as data arrives, in any order.
/// let plan = Plan::encode(&ErasureCode::cauchy(3, 1)?);
/// let mut parity = [0; 4];
/// for (index, shard) in [(2, b"last"), (0, b"1st."), (1, b"2nd.")] {
///     plan.add(&[index], &[shard], &mut [&mut parity])?;
/// }
/// let mut at_once = [0; 4];
/// plan.run(&[b"1st.", b"2nd.", b"last"], &mut [&mut at_once])?;
/// assert_eq!(parity, at_once);
/// # Ok::<(), zgkit_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    used: Vec<u8>,
    wanted: usize,
    /// For each shard used its factor in every wanted one.
    factors: Vec<u8>,
}

impl Plan {
    /// Parity from data.
    pub fn encode(code: &ErasureCode) -> Self {
        let shards = || (0..=u8::MAX).take(code.shards());
        let data: Vec<u8> = shards().take(code.data()).collect();
        let parity: Vec<u8> = shards().skip(code.data()).collect();
        Self::solve(code, &data, &parity).expect("parity follows from data")
    }

    /// The shards of `wanted`, in its order, from those of `present`; SPEC.md section 12 says which of them are used.
    ///
    /// # Errors
    /// `INDEX_RANGE` for an index that is none, `DUPLICATE_SHARD` for one that comes twice in a list, `TOO_FEW_SHARDS`,
    /// `MATRIX_SINGULAR` where a custom code cannot be solved.
    pub fn solve(code: &ErasureCode, present: &[u8], wanted: &[u8]) -> Result<Self> {
        for list in [present, wanted] {
            let mut seen = [false; 256];
            for &index in list {
                if usize::from(index) >= code.shards() {
                    return Err(Error::mismatch(Code::IndexRange, code.shards() as u64, index.into()));
                }
                if core::mem::replace(&mut seen[usize::from(index)], true) {
                    return Err(Error::mismatch(Code::DuplicateShard, 0, index.into()));
                }
            }
        }
        let (used, factors) = code.solve(present, wanted)?;
        Ok(Self { used, wanted: wanted.len(), factors })
    }

    /// Which shards it computes from: as many as there are data shards.
    pub fn used(&self) -> &[u8] {
        &self.used
    }

    /// Computes the wanted shards. `inputs` are those of [`used`](Self::used), in its order.
    ///
    /// # Errors
    /// `BUFFER_LENGTH` unless there are as many inputs as are used and as many outputs as are wanted, all of one length;
    /// `EMPTY_INPUT` if that is 0.
    pub fn run(&self, inputs: &[&[u8]], outputs: &mut [&mut [u8]]) -> Result<()> {
        self.run_on::<false>(inputs, outputs)
    }

    /// As [`run`](Self::run), on all threads of the current rayon pool.
    ///
    /// # Errors
    /// As for [`run`](Self::run).
    #[cfg(feature = "parallel")]
    pub fn par_run(&self, inputs: &[&[u8]], outputs: &mut [&mut [u8]]) -> Result<()> {
        self.run_on::<true>(inputs, outputs)
    }

    pub(crate) fn run_on<const PARALLEL: bool>(
        &self,
        inputs: &[&[u8]],
        outputs: &mut [&mut [u8]],
    ) -> Result<()> {
        self.check(inputs, outputs)?;
        same(self.wanted, outputs.len())?;
        combine::<PARALLEL>(Isa::current(), &self.factors, inputs, outputs, false);
        Ok(())
    }

    /// Adds what the given shards contribute to the wanted ones. After all shards of [`used`](Self::used) were given once,
    /// sums that began as zeros are the wanted shards. Old and new bytes of a shard, given together, replace it.
    ///
    /// # Errors
    /// `INDEX_RANGE` for a shard that is not used; `BUFFER_LENGTH` unless there is a shard for each index and a sum for
    /// each wanted shard, all of one length; `EMPTY_INPUT` without shards or bytes.
    pub fn add(&self, given: &[u8], shards: &[&[u8]], sums: &mut [&mut [u8]]) -> Result<()> {
        self.add_on::<false>(given, shards, sums)
    }

    /// As [`add`](Self::add), on all threads of the current rayon pool.
    ///
    /// # Errors
    /// As for [`add`](Self::add).
    #[cfg(feature = "parallel")]
    pub fn par_add(&self, given: &[u8], shards: &[&[u8]], sums: &mut [&mut [u8]]) -> Result<()> {
        self.add_on::<true>(given, shards, sums)
    }

    pub(crate) fn add_on<const PARALLEL: bool>(
        &self,
        given: &[u8],
        shards: &[&[u8]],
        sums: &mut [&mut [u8]],
    ) -> Result<()> {
        if given.is_empty() {
            return Err(Error::plain(Code::EmptyInput));
        }
        same(given.len(), shards.len())?;
        same(self.wanted, sums.len())?;
        one_length(shards, sums)?;
        let mut factors = Vec::with_capacity(given.len() * self.wanted);
        for &index in given {
            let Some(place) = self.used.iter().position(|&used| used == index) else {
                return Err(Error::mismatch(Code::IndexRange, self.used.len() as u64, index.into()));
            };
            factors.extend_from_slice(&self.factors[place * self.wanted..][..self.wanted]);
        }
        // Engines take no more inputs than a code has shards.
        for (factors, shards) in
            factors.chunks(self.used.len() * self.wanted).zip(shards.chunks(self.used.len()))
        {
            combine::<PARALLEL>(Isa::current(), factors, shards, sums, true);
        }
        Ok(())
    }

    /// Checks the inputs of a run, and that outputs have their length.
    pub(crate) fn check(&self, inputs: &[&[u8]], outputs: &[&mut [u8]]) -> Result<()> {
        same(self.used.len(), inputs.len())?;
        one_length(inputs, outputs)
    }
}

/// Checks that all buffers have the length of the first input.
fn one_length(inputs: &[&[u8]], outputs: &[&mut [u8]]) -> Result<()> {
    let length = inputs.first().map_or(0, |input| input.len());
    let lengths = inputs.iter().map(|input| input.len()).chain(outputs.iter().map(|output| output.len()));
    for other in lengths {
        same(length, other)?;
    }
    if length == 0 { Err(Error::plain(Code::EmptyInput)) } else { Ok(()) }
}

fn same(expected: usize, got: usize) -> Result<()> {
    if expected == got {
        Ok(())
    } else {
        Err(Error::mismatch(Code::BufferLength, expected as u64, got as u64))
    }
}
