//! Why the feed cannot be read.

use platform::ApiError;
use platform::error::INVALID_CURSOR;

use crate::problems;

/// Why the feed cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FeedError {
    /// The position is none.
    #[error("not a position of the feed")]
    NotAPosition,
    /// What follows the position is no longer kept, or it is from another database.
    #[error("what follows this position is no longer kept")]
    Expired,
    /// No more may listen.
    #[error("too many listeners")]
    TooManyListeners,
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A defect.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl From<FeedError> for ApiError {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::NotAPosition => {
                Self::new(&INVALID_CURSOR, "use the next_cursor of a page or the id of an event, unchanged")
            }
            FeedError::Expired => Self::new(
                &problems::EVENTS_EXPIRED,
                "what follows this position is no longer kept, or it is of another database",
            ),
            FeedError::TooManyListeners => {
                Self::new(&problems::TOO_MANY_LISTENERS, "too many listen to this server")
            }
            FeedError::Database(source) => source.into(),
            FeedError::Json(source) => Self::internal(source),
        }
    }
}
