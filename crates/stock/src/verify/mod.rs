//! Proof that the ledger is what it says, recomputed from its entries.
//!
//! What is checked, each with a code of its own ([`Difference`]): a level is its last entry and the sum of its entries; their
//! numbers have no gap; the chain is unbroken, and so every movement is as it was written; totals are the sums of levels;
//! what is reserved, incoming and low is what documents and levels say; every movement has entries, every entry a
//! movement with the same stamps; reversals are opposites, transfers take as much as they bring.
//!
//! Request path: [`Verification::step`] after step, each in a short snapshot of its own, because a long one would keep all
//! stock writes from clearing away their old versions. Products are taken in ranges of bounded size; the entries of a
//! product that has too many for one step are read on from where the step before ended. Between two snapshots entries are
//! only added, so that what was checked stays checked. At no time is more in memory than a few figures for each level of a step.
//!
//! [`Heads`] are the ends of all chains. Noted out of reach, they show what no ledger can show of itself: that its end was
//! cut off, or all of it written anew.

mod entry;
mod heads;
mod http;
mod model;
mod position;
mod rules;
mod run;
mod store;

pub use heads::{Heads, HeadsFault, HeadsFile, HeadsNote};
pub use http::{enter_verification, routes};
pub use model::{Checked, Difference, Head, Report};
pub use position::Position;
pub use run::Verification;
