use zgkit_core::size::HASH_BYTES;
use zgkit_core::{Code, Error, Result};

use crate::commitment::Header;
use crate::evidence::{self, Member};
use crate::tree::{chunk_hashes, root};
use crate::unchecked::Plan;
use crate::{Hash, Layout};

/// Why there is no data. With [`Code::EncodingMismatch`] the encoder lied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What failed.
    pub error: Error,
    /// What convinces anybody of the lie ([`verify_evidence`](crate::verify_evidence)). There is none where every shard at
    /// hand fits, and the lie is about others.
    pub evidence: Option<Vec<u8>>,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { error, evidence: None }
    }
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.error.fmt(f)
    }
}

impl core::error::Error for Refusal {}

/// A stripe that was decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stripe {
    /// The file's bytes.
    pub data: Vec<u8>,
    /// Shards whose chunk was given, but has not its hash.
    pub corrupt: Vec<usize>,
}

/// Decodes a file stripe by stripe, from shards that anybody may have sent.
///
/// Take the shards first, then decode every stripe, then [`finish`](Self::finish): until then a lie about shards that are
/// not at hand is not excluded.
#[derive(Clone, Debug)]
pub struct StripeDecoder {
    commitment: Hash,
    /// The first header that was taken; all have its descriptor.
    first: Option<Header>,
    /// By index: siblings of the root, where the shard was taken.
    taken: Vec<Option<Vec<u8>>>,
    /// By index: chunk hashes, all of a shard that was taken, of the others those computed so far.
    leaves: Vec<Vec<u8>>,
    next: u64,
    /// The last plan, with the good chunks it was made for.
    plan: Option<(Vec<u8>, Plan)>,
}

impl StripeDecoder {
    /// A decoder for this commitment, which must be the reader's own.
    pub const fn new(commitment: Hash) -> Self {
        Self { commitment, first: None, taken: Vec::new(), leaves: Vec::new(), next: 0, plan: None }
    }

    /// How the file is cut, once a shard was taken.
    pub fn layout(&self) -> Option<&Layout> {
        self.first.as_ref().map(|first| &first.descriptor.layout)
    }

    /// Takes a shard: its header, checked by [`Header::read`] against the commitment of this decoder, and its chunk hashes.
    ///
    /// # Errors
    /// `COMMITMENT_MISMATCH` for the header of another file; `DUPLICATE_SHARD`; `CONTENT_LENGTH` unless there is a hash for
    /// each stripe; `ROOT_MISMATCH` unless their root is the shard's; `INDEX_RANGE` after the first stripe.
    pub fn take(&mut self, header: &Header, leaves: &[u8]) -> Result<()> {
        if self.next > 0 {
            return Err(Error::mismatch(Code::IndexRange, 0, self.next));
        }
        if header.descriptor.commitment() != self.commitment {
            return Err(Error::plain(Code::CommitmentMismatch));
        }
        if self.taken.get(header.index).is_some_and(Option::is_some) {
            return Err(Error::mismatch(Code::DuplicateShard, 0, header.index as u64));
        }
        let stripes = header.descriptor.layout.stripes();
        if leaves.len() as u64 != stripes * HASH_BYTES as u64 {
            return Err(Error::mismatch(
                Code::ContentLength,
                stripes * HASH_BYTES as u64,
                leaves.len() as u64,
            ));
        }
        if root(leaves) != header.root {
            return Err(Error::plain(Code::RootMismatch));
        }
        if self.first.is_none() {
            let shards = header.descriptor.shards();
            (self.taken, self.leaves) = (vec![None; shards], vec![Vec::new(); shards]);
            self.first = Some(header.clone());
        }
        self.taken[header.index] = Some(header.siblings.clone());
        self.leaves[header.index] = leaves.to_vec();
        Ok(())
    }

    /// Decodes the next stripe from the chunks that there are, by index. Those of shards that were not taken are not looked
    /// at, and neither are those of another length.
    ///
    /// # Errors
    /// `TOO_FEW_SHARDS`, also when no shard was taken; `BUFFER_LENGTH` unless there is a place for every shard;
    /// `INDEX_RANGE` past the last stripe; `MATRIX_SINGULAR`; `ENCODING_MISMATCH` with evidence.
    pub fn stripe(&mut self, chunks: &[Option<&[u8]>]) -> core::result::Result<Stripe, Refusal> {
        let Some(first) = &self.first else { return Err(Error::plain(Code::TooFewShards).into()) };
        let (descriptor, code, stripe) = (&first.descriptor, &first.code, self.next);
        let layout = &descriptor.layout;
        if stripe >= layout.stripes() {
            return Err(Error::mismatch(Code::IndexRange, layout.stripes(), stripe).into());
        }
        if chunks.len() != code.shards() {
            return Err(Error::mismatch(Code::BufferLength, code.shards() as u64, chunks.len() as u64).into());
        }
        let length = layout.chunk_bytes(stripe);
        let leaf = |index: u8| &self.leaves[usize::from(index)][stripe as usize * HASH_BYTES..][..HASH_BYTES];
        let is_taken = |index: u8| self.taken[usize::from(index)].is_some();

        // Next to each other they are hashed many at once.
        let (mut given, mut bytes) = (Vec::new(), Vec::new());
        for (index, chunk) in (0..=u8::MAX).zip(chunks) {
            if let Some(chunk) = chunk.filter(|chunk| chunk.len() == length && is_taken(index)) {
                given.push(index);
                bytes.extend_from_slice(chunk);
            }
        }
        let mut hashes = vec![0; given.len() * HASH_BYTES];
        if !given.is_empty() {
            chunk_hashes(&bytes, length, &mut hashes)?;
        }
        let is_good = |place: usize| hashes[place * HASH_BYTES..][..HASH_BYTES] == *leaf(given[place]);
        let (good, corrupt): (Vec<usize>, Vec<usize>) = (0..given.len()).partition(|&place| is_good(place));
        let good: Vec<u8> = good.into_iter().map(|place| given[place]).collect();
        let corrupt = corrupt.into_iter().map(|place| usize::from(given[place])).collect();

        // From those used, all others.
        if self.plan.as_ref().is_none_or(|(made_for, _)| *made_for != good) {
            let used = Plan::solve(code, &good, &[])?;
            let others: Vec<u8> =
                (0..=u8::MAX).take(code.shards()).filter(|index| !used.used().contains(index)).collect();
            self.plan = Some((good.clone(), Plan::solve(code, &good, &others)?));
        }
        let (_, plan) = self.plan.as_ref().expect("just made");
        let chunk = |index: u8| {
            let place = given.iter().position(|&given| given == index).expect("used chunks are given");
            &bytes[place * length..][..length]
        };
        let inputs: Vec<&[u8]> = plan.used().iter().map(|&index| chunk(index)).collect();
        let others: Vec<u8> =
            (0..=u8::MAX).take(code.shards()).filter(|index| !plan.used().contains(index)).collect();
        let mut computed = vec![0; others.len() * length];
        plan.run(&inputs, &mut computed.chunks_exact_mut(length).collect::<Vec<_>>())?;
        let mut hashes = vec![0; others.len() * HASH_BYTES];
        chunk_hashes(&computed, length, &mut hashes)?;

        let refuse = |witness: Option<u8>| {
            let member = |index: u8| Member {
                index,
                leaves: &self.leaves[usize::from(index)],
                siblings: self.taken[usize::from(index)].as_deref().expect("the shard was taken"),
            };
            let mut members: Vec<(Member, &[u8])> =
                plan.used().iter().map(|&index| (member(index), chunk(index))).collect();
            members.sort_unstable_by_key(|(member, _)| member.index);
            let evidence = evidence::write(descriptor, code, stripe, &members, witness.map(member));
            Refusal { error: Error::mismatch(Code::EncodingMismatch, 0, stripe), evidence: Some(evidence) }
        };
        let lies = |(index, hash): &(&u8, &[u8])| is_taken(**index) && *hash != leaf(**index);
        if let Some((&witness, _)) = others.iter().zip(hashes.chunks_exact(HASH_BYTES)).find(lies) {
            return Err(refuse(Some(witness)));
        }
        let mut data = Vec::with_capacity(code.data() * length);
        for index in (0..=u8::MAX).take(code.data()) {
            data.extend_from_slice(match others.iter().position(|&other| other == index) {
                Some(place) => &computed[place * length..][..length],
                None => chunk(index),
            });
        }
        let padding = data.split_off(layout.stripe_bytes(stripe));
        if padding.iter().any(|&byte| byte != 0) {
            return Err(refuse(None));
        }
        for (&index, hash) in others.iter().zip(hashes.chunks_exact(HASH_BYTES)) {
            if self.taken[usize::from(index)].is_none() {
                self.leaves[usize::from(index)].extend_from_slice(hash);
            }
        }
        self.next += 1;
        Ok(Stripe { data, corrupt })
    }

    /// Checks, after the last stripe, that all shards are the committed ones, those that were not at hand included.
    ///
    /// # Errors
    /// `ENCODING_MISMATCH` if not: the encoder lied about a shard that is not at hand. `CONTENT_LENGTH` if stripes are
    /// missing; `TOO_FEW_SHARDS` when no shard was taken.
    pub fn finish(self) -> Result<()> {
        let Some(first) = &self.first else { return Err(Error::plain(Code::TooFewShards)) };
        let stripes = first.descriptor.layout.stripes();
        if self.next != stripes {
            return Err(Error::mismatch(Code::ContentLength, stripes, self.next));
        }
        let roots: Vec<Hash> = self.leaves.iter().map(|leaves| root(leaves)).collect();
        if root(roots.as_flattened()) == first.descriptor.shards_root {
            Ok(())
        } else {
            Err(Error::plain(Code::EncodingMismatch))
        }
    }
}

/// What is wrong with a shard file. The file is decoded all the same, as long as enough others are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Place of the file among those given.
    pub file: usize,
    /// The stripe whose chunk is corrupt; `None` where nothing of the file was used.
    pub stripe: Option<u64>,
    /// What is wrong.
    pub error: Error,
}

/// A file that was decoded, and which shard files have faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The file.
    pub data: Vec<u8>,
    /// The faults, those of whole files first.
    pub faults: Vec<Fault>,
}

/// Decodes a file from shard files, in any order, which may be corrupt, of other files, or made by a liar. The commitment
/// must be the reader's own.
///
/// # Errors
/// A [`Refusal`] with `TOO_FEW_SHARDS`, `MATRIX_SINGULAR`, or `ENCODING_MISMATCH`: the encoder lied.
///
/// ```
/// use zgkit_erasure::{ErasureCode, decode, encode};
///
/// let encoded = encode(&ErasureCode::vandermonde(2, 2)?, 4096, b"hello, 0G")?;
/// let [mut first, second, third, _] = encoded.files.try_into().unwrap();
/// *first.last_mut().unwrap() ^= 1;
/// let decoded = decode(&encoded.commitment, &[&third, &first, &second])?;
/// assert_eq!(decoded.data, b"hello, 0G");
/// assert_eq!((decoded.faults[0].file, decoded.faults[0].error.code.as_str()), (1, "CONTENT_MISMATCH"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decode(commitment: &Hash, files: &[&[u8]]) -> core::result::Result<Decoded, Refusal> {
    let mut decoder = StripeDecoder::new(*commitment);
    let mut faults = Vec::new();
    // By index: place of the file, and its chunks.
    let mut shards: Vec<Option<(usize, &[u8])>> = Vec::new();
    for (place, file) in files.iter().enumerate() {
        match take_file(&mut decoder, commitment, file) {
            Ok((index, chunks)) => {
                shards.resize(shards.len().max(index + 1), None);
                shards[index] = Some((place, chunks));
            }
            Err(error) => faults.push(Fault { file: place, stripe: None, error }),
        }
    }
    let layout = *decoder.layout().ok_or(Error::plain(Code::TooFewShards))?;
    shards.resize(decoder.taken.len(), None);
    let mut data = Vec::new();
    let mut start = 0;
    for stripe in 0..layout.stripes() {
        let end = start + layout.chunk_bytes(stripe);
        let chunks: Vec<Option<&[u8]>> =
            shards.iter().map(|shard| shard.map(|(_, chunks)| &chunks[start..end])).collect();
        let decoded = decoder.stripe(&chunks)?;
        data.extend_from_slice(&decoded.data);
        for (file, _) in decoded.corrupt.into_iter().filter_map(|index| shards[index]) {
            faults.push(Fault { file, stripe: Some(stripe), error: Error::plain(Code::ContentMismatch) });
        }
        start = end;
    }
    decoder.finish()?;
    Ok(Decoded { data, faults })
}

/// Takes a shard file: its index, and its chunks.
fn take_file<'a>(
    decoder: &mut StripeDecoder,
    commitment: &Hash,
    file: &'a [u8],
) -> Result<(usize, &'a [u8])> {
    let (header, rest) = Header::read(commitment, file)?;
    if decoder.taken.get(header.index).is_some_and(Option::is_some) {
        return Err(Error::mismatch(Code::DuplicateShard, 0, header.index as u64));
    }
    let layout = &header.descriptor.layout;
    let hashes = layout.stripes() * HASH_BYTES as u64;
    let expected = hashes + layout.shard_bytes();
    if rest.len() as u64 != expected {
        return Err(Error::mismatch(Code::ContentLength, expected, rest.len() as u64));
    }
    let (leaves, chunks) = rest.split_at(hashes as usize);
    decoder.take(&header, leaves)?;
    Ok((header.index, chunks))
}
