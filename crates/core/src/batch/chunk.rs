use aerostride_columns::Claim;
use aerostride_wire::Digest;

use super::context::Context;

/// Rows of one request, owned by it, with their digests: where one node owns everything they are not needed for
/// routing, and are computed when the request is encoded.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) claim: Claim,
    pub(crate) digests: Vec<Digest>,
    /// Rows that were answered with a code worth another attempt. They are kept here, and not in what a request returns,
    /// because they want that attempt whether or not the rest of the reply arrives.
    pub(crate) retryable: Vec<u32>,
}

impl Chunk {
    pub(crate) const fn new(claim: Claim, digests: Vec<Digest>) -> Self {
        Self { claim, digests, retryable: Vec::new() }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = u32> {
        (0..self.claim.len()).map_while(|position| self.claim.row(position))
    }
}

/// Gives the chunk its digests, unless they are known.
pub(super) fn hash(chunk: &mut Chunk, context: &Context) {
    if digests(chunk, context).len() < chunk.claim.len() {
        let mut digests = Vec::with_capacity(chunk.claim.len());
        context.keys.digests(chunk.rows(), &mut digests);
        chunk.digests = digests;
    }
}

/// The digests of the chunk's rows: its own, or those of a key list where its rows are consecutive.
pub(super) fn digests<'a>(chunk: &'a Chunk, context: &'a Context) -> &'a [Digest] {
    let rows = chunk.claim.range();
    let listed = rows
        .zip(context.keys.hashed())
        .and_then(|(rows, all)| all.get(rows.start as usize..rows.end as usize));
    listed.unwrap_or(&chunk.digests)
}
