//! What holds for the requests of one run and not of another: it follows from the settings.

use std::num::NonZeroU32;

use crate::Origins;

/// By default nothing is refused but what is always refused.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Whether only requests to a name of this machine are answered.
    pub only_local_names: bool,
    /// Most requests of a caller in a second, sustained; none: as many as they like.
    pub requests_per_second: Option<NonZeroU32>,
    /// The origins whose pages may use the API; by default none but our own.
    pub origins: Origins,
}
