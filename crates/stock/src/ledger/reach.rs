//! The warehouses of whoever gives a command: what it names, and what it then touches, has to be in them.
//!
//! What it names is looked at first, so that a refusal does not tell what there is elsewhere. What it touches is looked at last, because
//! that is what counts.

use platform::{ApiError, Connection, auth};

use super::command::{Command, Outcome, PlaceRef, ReservationAction, Work};
use crate::reach;
use crate::warehouses::WarehouseRef;

/// Refuse a command that names another warehouse, or none where that could be another one.
pub(super) async fn demand_named(db: &mut Connection, command: &Command) -> Result<(), ApiError> {
    if auth::warehouses_of_caller().is_none() {
        return Ok(());
    }
    let mut places: Vec<&PlaceRef> = command.lines().iter().map(|line| &line.place).collect();
    match &command.work {
        Work::Post { .. } | Work::Reserve { .. } => {}
        Work::Reverse { movement, .. } => reach::demand_whole_movement(&mut *db, movement.0).await?,
        Work::Reservation { id, action, .. } => {
            reach::demand_reservation(&mut *db, id.0).await?;
            if let ReservationAction::Edit { lines, .. } = action {
                places.extend(lines.iter().filter_map(|line| line.place.as_ref()));
            }
        }
    }
    let (mut locations, mut warehouses) = (Vec::new(), Vec::new());
    for place in places {
        match place {
            PlaceRef::Location(id) => locations.push(id.0),
            PlaceRef::Warehouse(named) => warehouses.push(named.clone()),
            PlaceRef::DefaultWarehouse | PlaceRef::Anywhere => {
                let message = "is required of whoever is limited to warehouses";
                return Err(ApiError::invalid_field("/warehouse", "missing", message));
            }
        }
    }
    reach::demand_locations(&mut *db, &locations).await?;
    let known = WarehouseRef::resolve(&mut *db, &warehouses).await?;
    known.values().try_for_each(|id| auth::demand_warehouse(&[*id]))
}

/// Refuse what has touched another warehouse, or holds something there.
pub(super) async fn demand_touched(db: &mut Connection, outcome: &Outcome) -> Result<(), ApiError> {
    let lines = outcome.lines.iter().map(|line| line.location_id.0);
    let parts = outcome.reservation.iter().flat_map(|reservation| &reservation.parts);
    let touched: Vec<i64> = lines.chain(parts.map(|part| part.location_id.0)).collect();
    reach::demand_locations(db, &touched).await
}
