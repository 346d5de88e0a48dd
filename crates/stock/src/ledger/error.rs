//! Why the ledger refuses a command, and how that is answered.

use domain::{MovementId, Refusal, ReservationId};
use jiff::Timestamp;
use platform::{ApiError, FieldError};

use crate::problems;

/// What refuses to reverse a movement behind the back of the document that posted it.
const WITH_DOCUMENT: &str = "stock_movements_reversed_with_document";

/// What refuses the first level at a location that was removed, or got another kind, since it was read.
const WITH_LOCATION: &str = "stock_levels_location_fkey";

/// Why a command is refused.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// It names products or places that are not known.
    #[error("unknown: {0:?}")]
    Unknown(Vec<FieldError>),
    /// The rules refuse it.
    #[error("{refusal}")]
    Refused {
        /// Which rule.
        refusal: Refusal,
        /// Where in the request the line stands.
        pointer: String,
    },
    /// No such movement.
    #[error("no movement has the id {0}")]
    MovementNotFound(MovementId),
    /// It was put right before.
    #[error("movement {movement} was reversed by movement {by}")]
    AlreadyReversed {
        /// Which movement.
        movement: MovementId,
        /// Its reversal.
        by: MovementId,
    },
    /// A reversal is not reversed: post the movement again.
    #[error("movement {0} is a reversal itself: post the movement again instead")]
    IsReversal(MovementId),
    /// The movement belongs to a document, which is put right as a whole.
    #[error("reverse its document instead")]
    HasDocument,
    /// No such reservation.
    #[error("no reservation has the id {0}")]
    ReservationNotFound(ReservationId),
    /// It is dated further back than may be.
    #[error("it is dated too far back")]
    BackdateTooFar,
    /// It is dated before the books were closed.
    #[error("the books are closed until {until}")]
    PeriodClosed {
        /// Until when.
        until: Timestamp,
    },
    /// It could not be tried, or failed together with others.
    #[error(transparent)]
    Failed(ApiError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<LedgerError> for ApiError {
    fn from(error: LedgerError) -> Self {
        use LedgerError as E;
        let detail = error.to_string();
        match error {
            E::Unknown(errors) => Self::invalid_input(errors),
            E::Refused { refusal, pointer } => refused(refusal, pointer),
            E::MovementNotFound(_) => Self::new(&problems::MOVEMENT_NOT_FOUND, detail),
            E::AlreadyReversed { by, .. } => {
                Self::new(&problems::ALREADY_REVERSED, detail).with("reversed_by_movement_id", by)
            }
            E::IsReversal(_) => Self::new(&problems::REVERSAL_NOT_REVERSIBLE, detail),
            E::HasDocument => Self::new(&problems::MOVEMENT_HAS_DOCUMENT, detail),
            E::ReservationNotFound(_) => Self::new(&problems::RESERVATION_NOT_FOUND, detail),
            E::BackdateTooFar => Self::new(&problems::BACKDATE_TOO_FAR, detail),
            E::PeriodClosed { until } => Self::new(&problems::PERIOD_CLOSED, detail).with("until", until),
            E::Failed(error) => error,
            E::Database(source) if platform::error::constraint(&source) == Some(WITH_DOCUMENT) => {
                Self::new(&problems::MOVEMENT_HAS_DOCUMENT, "reverse its document instead")
            }
            E::Database(source) if platform::error::constraint(&source) == Some(WITH_LOCATION) => {
                Self::overtaken(&source)
            }
            E::Database(source) => source.into(),
        }
    }
}

fn refused(refusal: Refusal, pointer: String) -> ApiError {
    use Refusal as R;
    let detail = refusal.to_string();
    match refusal {
        R::InsufficientStock { product, available, requested, .. } => {
            ApiError::new(&problems::INSUFFICIENT_STOCK, detail)
                .with("pointer", pointer)
                .with("product_id", product)
                .with("available", available)
                .with("requested", requested)
        }
        R::StaleQuantity { expected, actual, .. } => ApiError::new(&problems::STALE_QUANTITY, detail)
            .with("pointer", pointer)
            .with("expected_on_hand", expected)
            .with("on_hand", actual),
        R::ProductArchived { product, .. } => ApiError::new(&problems::PRODUCT_ARCHIVED, detail)
            .with("pointer", pointer)
            .with("product_id", product),
        R::LocationNotOpen { .. } => {
            ApiError::new(&problems::LOCATION_NOT_OPEN, detail).with("pointer", pointer)
        }
        R::LocationRequired { .. } | R::NoDefaultLocation { .. } => {
            ApiError::new(&problems::LOCATION_REQUIRED, detail).with("pointer", pointer)
        }
        R::NegativeSince { product, available, requested, .. } => {
            ApiError::new(&problems::NEGATIVE_SINCE, detail)
                .with("pointer", pointer)
                .with("product_id", product)
                .with("available", available)
                .with("requested", requested)
        }
        R::ReservationNotActive(status) => {
            ApiError::new(&problems::RESERVATION_NOT_ACTIVE, detail).with("reservation_status", status)
        }
        R::ReservationNotDue => ApiError::new(&problems::RESERVATION_NOT_ACTIVE, detail),
        R::MoreThanReserved { open, requested, .. } => ApiError::new(&problems::MORE_THAN_RESERVED, detail)
            .with("pointer", pointer)
            .with("open", open)
            .with("requested", requested),
        R::LessThanFulfilled { fulfilled, .. } => ApiError::new(&problems::LESS_THAN_FULFILLED, detail)
            .with("pointer", pointer)
            .with("fulfilled", fulfilled),
        R::NoSuchLine { .. } => ApiError::invalid_field(format!("{pointer}/line"), "unknown_line", detail),
        R::WholeNumbersOnly { .. } => ApiError::invalid_field(pointer, "whole_numbers_only", detail),
        R::QuantityTooLarge { .. } => ApiError::invalid_field(pointer, "out_of_range", detail),
    }
}

/// Where a line stands in the request.
pub(super) fn pointer(lines_at: &str, line: usize) -> String {
    if lines_at.is_empty() { String::new() } else { format!("{lines_at}/{line}") }
}

/// The line that a refusal is about.
pub(super) fn line_of(refusal: &Refusal) -> usize {
    use Refusal as R;
    match refusal {
        R::InsufficientStock { line, .. }
        | R::NegativeSince { line, .. }
        | R::StaleQuantity { line, .. }
        | R::LocationRequired { line }
        | R::NoDefaultLocation { line }
        | R::LocationNotOpen { line }
        | R::ProductArchived { line, .. }
        | R::WholeNumbersOnly { line }
        | R::NoSuchLine { line, .. }
        | R::MoreThanReserved { line, .. }
        | R::LessThanFulfilled { line, .. }
        | R::QuantityTooLarge { line } => *line,
        R::ReservationNotActive(_) | R::ReservationNotDue => 0,
    }
}
