//! The ring in which the flow contract keeps its roots (SPEC.md section 14).

use zgkit_merkle::Hash;

/// How many flow roots the flow contract keeps.
pub const ROOT_WINDOW: usize = 1000;

/// The last [`ROOT_WINDOW`] hashes that were put in, by their number from 0 on.
#[derive(Clone, Debug, Default)]
pub struct DigestHistory {
    ring: Vec<Hash>,
    next: u64,
}

impl DigestHistory {
    /// How many were put in so far.
    pub fn len(&self) -> u64 {
        self.next
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.next == 0
    }

    /// Puts a hash in and returns its number.
    pub fn insert(&mut self, digest: Hash) -> u64 {
        let number = self.next;
        match self.ring.get_mut(slot(number)) {
            Some(oldest) => *oldest = digest,
            None => self.ring.push(digest),
        }
        self.next += 1;
        number
    }

    /// Hash number `index`, `None` if it is gone or not there yet.
    pub fn at(&self, index: u64) -> Option<&Hash> {
        let kept = index < self.next && index >= self.next - self.ring.len() as u64;
        if kept { self.ring.get(slot(index)) } else { None }
    }

    /// Whether a hash is among those that are kept.
    pub fn contains(&self, digest: &Hash) -> bool {
        self.ring.contains(digest)
    }
}

fn slot(number: u64) -> usize {
    (number % ROOT_WINDOW as u64) as usize
}
