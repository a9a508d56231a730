//! Evidence that an encoder committed to chunks that are no stripe (SPEC.md section 12, Evidence).

use zgkit_core::size::HASH_BYTES;
use zgkit_core::{Code, Error, Result};
use zgkit_merkle::depth;

use crate::commitment::{DESCRIPTOR_BYTES, Descriptor};
use crate::tree::{climb, hash, siblings};
use crate::unchecked::Plan;
use crate::{ErasureCode, Hash};

/// The witness's index where there is none.
const NO_WITNESS: u32 = u32::MAX;

/// A shard that takes part.
pub(crate) struct Member<'a> {
    pub(crate) index: u8,
    /// All its chunk hashes.
    pub(crate) leaves: &'a [u8],
    /// Siblings of its root.
    pub(crate) siblings: &'a [u8],
}

/// Evidence from K members by ascending index, with their chunks, and the witness that contradicts them. Without one the
/// bytes past the file's end do.
pub(crate) fn write(
    descriptor: &Descriptor,
    code: &ErasureCode,
    stripe: u64,
    members: &[(Member, &[u8])],
    witness: Option<Member>,
) -> Vec<u8> {
    let mut evidence = descriptor.to_bytes().to_vec();
    evidence.extend(stripe.to_le_bytes());
    evidence.extend(witness.as_ref().map_or(NO_WITNESS, |witness| witness.index.into()).to_le_bytes());
    evidence.extend(code.matrix());
    let at = stripe as usize;
    let place = |evidence: &mut Vec<u8>, member: &Member| {
        evidence.extend(siblings(member.leaves, at));
        evidence.extend(member.siblings);
    };
    for (member, chunk) in members {
        evidence.extend(u32::from(member.index).to_le_bytes());
        place(&mut evidence, member);
        evidence.extend(*chunk);
    }
    if let Some(witness) = &witness {
        evidence.extend(&witness.leaves[at * HASH_BYTES..][..HASH_BYTES]);
        place(&mut evidence, witness);
    }
    evidence
}

/// Checks evidence against the commitment that it accuses, which must be the caller's own. If it stands, the encoder lied
/// about the stripe that comes back.
///
/// # Errors
/// `EVIDENCE_FORMAT`, `COMMITMENT_MISMATCH`, `ROOT_MISMATCH`, `MATRIX_SINGULAR` or `EVIDENCE_REFUTED`: the first check of
/// SPEC.md section 12 that fails.
pub fn verify_evidence(commitment: &Hash, evidence: &[u8]) -> Result<u64> {
    let parts = Parts::read(evidence).ok_or(Error::plain(Code::EvidenceFormat))?;
    let Parts { descriptor, stripe, .. } = &parts;
    if descriptor.commitment() != *commitment {
        return Err(Error::plain(Code::CommitmentMismatch));
    }
    let code = descriptor.code(parts.matrix)?;

    let leads_to_root = |(index, leaf, place): &(u8, Hash, &[u8])| {
        let (stripes, index) = (descriptor.layout.stripes(), u64::from(*index));
        let (inner, outer) = place.split_at(depth(*stripe, stripes) as usize * HASH_BYTES);
        let root = climb(*leaf, *stripe, stripes, inner);
        climb(root, index, descriptor.shards() as u64, outer) == descriptor.shards_root
    };
    let members = parts.members.iter().map(|&(index, place, chunk)| (index, hash(chunk), place));
    if !members.chain(parts.witness).all(|part| leads_to_root(&part)) {
        return Err(Error::plain(Code::RootMismatch));
    }

    let present: Vec<u8> = parts.members.iter().map(|&(index, ..)| index).collect();
    let wanted = match parts.witness {
        Some((index, ..)) => vec![index],
        None => (0..=u8::MAX).take(code.data()).collect(),
    };
    let plan = Plan::solve(&code, &present, &wanted)?;
    let length = descriptor.layout.chunk_bytes(*stripe);
    let chunks: Vec<&[u8]> = parts.members.iter().map(|&(.., chunk)| chunk).collect();
    let mut computed = vec![0; wanted.len() * length];
    plan.run(&chunks, &mut computed.chunks_exact_mut(length).collect::<Vec<_>>())?;
    let lied = match parts.witness {
        Some((_, leaf, _)) => hash(&computed) != leaf,
        None => computed[descriptor.layout.stripe_bytes(*stripe)..].iter().any(|&byte| byte != 0),
    };
    if lied { Ok(*stripe) } else { Err(Error::plain(Code::EvidenceRefuted)) }
}

/// Evidence that has its form.
struct Parts<'a> {
    descriptor: Descriptor,
    stripe: u64,
    matrix: &'a [u8],
    /// Index, place and chunk.
    members: Vec<(u8, &'a [u8], &'a [u8])>,
    /// Index, leaf and place.
    witness: Option<(u8, Hash, &'a [u8])>,
}

impl<'a> Parts<'a> {
    fn read(evidence: &'a [u8]) -> Option<Self> {
        let (bytes, rest) = evidence.split_first_chunk::<DESCRIPTOR_BYTES>()?;
        let descriptor = Descriptor::from_bytes(bytes)?;
        let (stripe, rest) = rest.split_first_chunk()?;
        let (witness, rest) = rest.split_first_chunk()?;
        let (matrix, mut rest) = rest.split_at_checked(descriptor.matrix_bytes())?;
        let (stripe, witness) = (u64::from_le_bytes(*stripe), u32::from_le_bytes(*witness));
        let stripes = descriptor.layout.stripes();
        if stripe >= stripes {
            return None;
        }
        let inner = depth(stripe, stripes) as usize;
        let index_of =
            |number: u32| u8::try_from(number).ok().filter(|&index| usize::from(index) < descriptor.shards());
        let place_bytes = |index: u8| (inner + descriptor.shard_depth(index.into())) * HASH_BYTES;
        let mut members: Vec<(u8, &[u8], &[u8])> = Vec::new();
        for _ in 0..descriptor.data {
            let (number, after) = rest.split_first_chunk()?;
            let index = index_of(u32::from_le_bytes(*number))?;
            if members.last().is_some_and(|&(before, ..)| before >= index) {
                return None;
            }
            let (place, after) = after.split_at_checked(place_bytes(index))?;
            let (chunk, after) = after.split_at_checked(descriptor.layout.chunk_bytes(stripe))?;
            members.push((index, place, chunk));
            rest = after;
        }
        let witness = match witness {
            NO_WITNESS => None,
            number => {
                let index =
                    index_of(number).filter(|index| members.iter().all(|(member, ..)| member != index))?;
                let (leaf, place) = rest.split_first_chunk()?;
                let (place, after) = place.split_at_checked(place_bytes(index))?;
                rest = after;
                Some((index, *leaf, place))
            }
        };
        rest.is_empty().then_some(Self { descriptor, stripe, matrix, members, witness })
    }
}
