use zgkit_core::limits::MAX_SHARDS;
use zgkit_core::{Code, Error, Result};

use crate::{custom, points};

/// Which parity a code has. The numbers are those of the kernels, the names are stored with shards and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The Vandermonde matrix, normalised by its top square.
    Vandermonde = 1,
    /// A Cauchy matrix.
    Cauchy = 2,
    /// The caller's own matrix.
    Custom = 3,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Vandermonde, Kind::Cauchy, Kind::Custom];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Vandermonde => "rs8-vandermonde",
            Kind::Cauchy => "rs8-cauchy",
            Kind::Custom => "rs8-custom",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind of this number.
    ///
    /// # Errors
    /// `RANGE` for any other.
    pub fn numbered(number: u64) -> Result<Kind> {
        let found = Self::ALL.into_iter().find(|kind| *kind as u64 == number);
        found.ok_or(Error::mismatch(Code::Range, Self::ALL.len() as u64, number))
    }
}

/// A systematic Reed-Solomon code over GF(2^8): `data` shards and `parity` shards, any `data` of which give the rest.
///
/// ```
/// use zgkit_erasure::ErasureCode;
///
/// let code = ErasureCode::cauchy(10, 4)?;
/// assert_eq!((code.kind().name(), code.shards()), ("rs8-cauchy", 14));
/// assert!(ErasureCode::vandermonde(200, 57).is_err());
/// # Ok::<(), zgkit_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureCode {
    kind: Kind,
    data: usize,
    parity: usize,
    /// Rows of a custom code's parity; empty for the others.
    matrix: Vec<u8>,
}

impl ErasureCode {
    /// The code with the normalised Vandermonde matrix.
    ///
    /// # Errors
    /// `RANGE` without data or parity, `LIMIT_EXCEEDED` above 256 shards.
    pub fn vandermonde(data: usize, parity: usize) -> Result<Self> {
        Self::from_parts(Kind::Vandermonde, data, parity, &[])
    }

    /// The code with the Cauchy matrix.
    ///
    /// # Errors
    /// As for [`vandermonde`](Self::vandermonde).
    pub fn cauchy(data: usize, parity: usize) -> Result<Self> {
        Self::from_parts(Kind::Cauchy, data, parity, &[])
    }

    /// The code with the caller's parity matrix, `parity` rows of `data` bytes. Its square minors are checked where there
    /// are at most [`MAX_CHECKED_MINORS`](zgkit_core::limits::MAX_CHECKED_MINORS); a larger matrix is taken as it is.
    ///
    /// # Errors
    /// As for [`vandermonde`](Self::vandermonde); `BUFFER_LENGTH` for a matrix of another size; `MATRIX_SINGULAR` for a
    /// minor of 0.
    pub fn custom(data: usize, parity: usize, matrix: &[u8]) -> Result<Self> {
        let code = Self::from_parts(Kind::Custom, data, parity, matrix)?;
        custom::check_minors(data, parity, matrix)?;
        Ok(code)
    }

    /// Any code, a custom one without a look at its minors: for matrices that were checked before.
    pub(crate) fn from_parts(kind: Kind, data: usize, parity: usize, matrix: &[u8]) -> Result<Self> {
        if data == 0 || parity == 0 {
            return Err(Error::mismatch(Code::Range, 1, 0));
        }
        let shards = data.saturating_add(parity);
        if shards > MAX_SHARDS {
            return Err(Error::mismatch(Code::LimitExceeded, MAX_SHARDS as u64, shards as u64));
        }
        let expected = if kind == Kind::Custom { data * parity } else { 0 };
        if matrix.len() != expected {
            return Err(Error::mismatch(Code::BufferLength, expected as u64, matrix.len() as u64));
        }
        Ok(Self { kind, data, parity, matrix: matrix.to_vec() })
    }

    /// Which parity it has.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Number of data shards.
    pub const fn data(&self) -> usize {
        self.data
    }

    /// Number of parity shards.
    pub const fn parity(&self) -> usize {
        self.parity
    }

    /// Number of all shards.
    pub const fn shards(&self) -> usize {
        self.data + self.parity
    }

    /// The matrix of a custom code, row by row; empty for the others.
    pub fn matrix(&self) -> &[u8] {
        &self.matrix
    }

    /// The shards to compute from, and for each of them in turn its factor in every wanted shard.
    ///
    /// `present` and `wanted` ascend in no particular order, but are distinct and in range.
    pub(crate) fn solve(&self, present: &[u8], wanted: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
        let mut present = present.to_vec();
        present.sort_unstable();
        if present.len() < self.data {
            return Err(Error::mismatch(Code::TooFewShards, self.data as u64, present.len() as u64));
        }
        if self.kind == Kind::Custom {
            return custom::solve(self, &present, wanted);
        }
        present.truncate(self.data);
        let factors = points::factors(self, &present, wanted);
        Ok((present, factors))
    }
}
