//! The miner's loop (SPEC.md section 10).

use core::ops::{ControlFlow, Range};

use zgkit_core::size::{LOAD_SEALS, SEAL_BYTES, SEAL_SECTORS, SEGMENT_BYTES, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result, U256};
use zgkit_merkle::Hash;

use crate::answer::Answer;
use crate::job::Job;
use crate::pad::Pad;
use crate::range::RecallRange;
use crate::target::{scale_x64, threshold};
use crate::verify::{EMPTY_CONTEXT, MineTask};

/// Reads loads from wherever they are stored.
pub trait Loader {
    /// Reads load `load`, segment `load` of the flow as stored: sealed. Returns the bitmap of the seals that are there, bit
    /// `s` for seal `s` (0 to 63); what stands in the place of others does not matter. 0 where the load is not there or
    /// cannot be read.
    fn load(&mut self, load: u64, into: &mut [u8; SEGMENT_BYTES]) -> u64;
}

impl<F: FnMut(u64, &mut [u8; SEGMENT_BYTES]) -> u64> Loader for F {
    fn load(&mut self, load: u64, into: &mut [u8; SEGMENT_BYTES]) -> u64 {
        self(load, into)
    }
}

/// What a miner did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Nonces tried: scratch pads made.
    pub pads: u64,
    /// Nonces that drew no load of the range: with partitions some do.
    pub outside: u64,
    /// Loads read.
    pub loads: u64,
    /// Loads that were drawn and not there.
    pub missing: u64,
    /// Seals tried.
    pub mixes: u64,
    /// Seals that reached the target.
    pub hits: u64,
}

/// A seal that reaches the target: an answer but for what only whoever stores the data knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Win {
    answer: Answer,
}

impl Win {
    /// Flow sector at which the seal begins.
    pub fn recall_position(&self) -> U256 {
        self.answer.recall_position
    }

    /// The answer, with the context that sealed the seal and its siblings in the flow tree from height 4 up.
    pub fn into_answer(self, sealed_context_digest: Hash, merkle_proof: Vec<Hash>) -> Answer {
        Answer { sealed_context_digest, merkle_proof, ..self.answer }
    }
}

/// Mines one task on the calling thread. Memory is had once: nothing is allocated for a nonce that does not win.
#[derive(Debug)]
pub struct Miner<L> {
    job: Job,
    context_digest: Hash,
    loader: L,
    counters: Counters,
    /// The pads of as many nonces as are sought at once, and the first nonce's number.
    pads: Vec<Pad>,
    sought: u64,
    load: Box<[u8; SEGMENT_BYTES]>,
}

/// Nonces sought at once: as many as the widest vector has lanes. Their pads stay in the cache, 132 KB.
const BATCH: usize = 8;

impl<L: Loader> Miner<L> {
    /// A miner of one range. All that the contract would reject its answers for is checked now. `base_nonce` is 32 random
    /// bytes, other ones for each miner of a range.
    ///
    /// # Errors
    /// `MINER_ID_ZERO`, `CONTEXT_EMPTY`, those of [`RecallRange::check`], `SHARDS_EXCEEDED`; `RANGE` where there is nothing
    /// to mine (a target of 0, no complete load) and for a flow of 2^64 sectors and more.
    pub fn new(
        task: &MineTask,
        miner_id: Hash,
        range: RecallRange,
        base_nonce: Hash,
        loader: L,
    ) -> Result<Self> {
        let context = &task.context;
        if miner_id == Hash::default() {
            return Err(Error::plain(Code::MinerIdZero));
        }
        if context.digest == EMPTY_CONTEXT {
            return Err(Error::plain(Code::ContextEmpty));
        }
        range.check(context.flow_length)?;
        let partitions = range.partitions();
        if partitions > task.max_shards.into() {
            let got = u64::try_from(partitions).unwrap_or(u64::MAX);
            return Err(Error::mismatch(Code::ShardsExceeded, task.max_shards, got));
        }
        let nothing = Error::plain(Code::Range);
        if context.flow_length.to_u64().is_none()
            || task.pora_target == U256::ZERO
            || range.mine_length == U256::ZERO
        {
            return Err(nothing);
        }
        let scale = scale_x64(context.flow_length, partitions).ok_or(nothing)?;
        let threshold = threshold(task.pora_target, scale)?;
        let job = Job { miner_id, subtask_digest: task.subtask_digest, base_nonce, threshold, range };
        Ok(Self {
            job,
            context_digest: context.digest,
            loader,
            counters: Counters::default(),
            pads: Vec::with_capacity(BATCH),
            sought: 0,
            load: Box::new([0; SEGMENT_BYTES]),
        })
    }

    /// What is mined, the threshold included.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// What was done so far, by all runs together.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Tries nonces by their number in the batch, and gives every win to `win`. Returns the number of the first nonce that
    /// was not tried: the range's end, unless `stop` said yes or `win` broke off.
    ///
    /// `stop` is asked before every nonce, that is about once in a millisecond, reading apart.
    pub fn run(
        &mut self,
        nonces: Range<u64>,
        mut stop: impl FnMut() -> bool,
        mut win: impl FnMut(Win) -> ControlFlow<()>,
    ) -> u64 {
        for index in nonces.clone() {
            if stop() {
                return index;
            }
            let wins = self.try_nonce(index, nonces.end);
            for offset in (0..LOAD_SEALS).filter(|offset| wins.bits >> offset & 1 == 1) {
                if win(self.win(index, wins.position, offset)).is_break() {
                    return index + 1;
                }
            }
        }
        nonces.end
    }

    /// Reads the load that the nonce draws and tries what is there. Its pad is made together with those of the nonces behind
    /// it, up to `end`.
    fn try_nonce(&mut self, index: u64, end: u64) -> Wins {
        let known = index.checked_sub(self.sought).is_some_and(|at| at < self.pads.len() as u64);
        if !known {
            self.pads.resize((end - index).min(BATCH as u64) as usize, Pad::default());
            self.job.seek(index, &mut self.pads);
            self.sought = index;
        }
        let pad = &self.pads[(index - self.sought) as usize];
        self.counters.pads += 1;
        let Some(position) = self.job.load_position(pad) else {
            self.counters.outside += 1;
            return Wins::default();
        };
        let available = self.loader.load(position / SEGMENT_SECTORS as u64, &mut self.load);
        if available == 0 {
            self.counters.missing += 1;
            return Wins::default();
        }
        let bits = self.job.try_load(pad, &self.load, available);
        self.counters.loads += 1;
        self.counters.mixes += u64::from(available.count_ones());
        self.counters.hits += u64::from(bits.count_ones());
        Wins { position, bits }
    }

    fn win(&self, index: u64, position: u64, offset: usize) -> Win {
        let (seals, _) = self.load.as_chunks::<SEAL_BYTES>();
        // In a flow below 2^64 sectors a load ends below that.
        let recall_position = position + (offset * SEAL_SECTORS) as u64;
        Win {
            answer: Answer {
                context_digest: self.context_digest,
                nonce: self.job.nonce(index),
                miner_id: self.job.miner_id,
                range: self.job.range,
                recall_position: recall_position.into(),
                seal_offset: (offset as u64).into(),
                sealed_context_digest: Hash::default(),
                sealed_data: seals[offset],
                merkle_proof: Vec::new(),
            },
        }
    }
}

/// The seals of one load that win.
#[derive(Default)]
struct Wins {
    position: u64,
    bits: u64,
}
