//! Reading a part of the feed.

use std::collections::HashMap;

use domain::Permission;
use platform::{App, auth};
use serde_json::value::{RawValue, to_raw_value};
use stock::stock_movements::{self, StockMovementView};

use crate::error::FeedError;
use crate::model::{EventPage, EventType, EventView, MOVEMENT, Position, Start, is_in_reach, is_purchasing};
use crate::store::{self, Scanned};

/// Most rows that are gone through for a page of few types. Where none of them is of these, the page is empty, and the next one
/// goes on behind them.
const SCANNED_MAX: i64 = 1000;

/// A part of the feed: at most `limit` events of these types, or of all. As far as whoever is being answered may see it: what is
/// bought, and for how much, is left out for others, and so is what is of other warehouses for whoever is limited to some. With the
/// warehouses of each event, if that is asked for.
pub(crate) async fn read(
    app: &App,
    start: Start,
    types: &[EventType],
    with_warehouses: bool,
    limit: i64,
) -> Result<EventPage, FeedError> {
    let after = match start {
        Start::Beginning => Position::BEGINNING,
        Start::Latest => Position::END,
        Start::After(position) => position,
    };
    let with_movements = includes(types, MOVEMENT);
    // One row more than the page has says whether there are more.
    let sees_purchasing = sees_purchasing();
    let own = auth::warehouses_of_caller();
    let sees_all = types.is_empty() && sees_purchasing && own.is_none();
    let scanned_max = if sees_all { limit + 1 } else { SCANNED_MAX };
    let with_warehouses = with_warehouses || own.is_some();
    let scan = store::scan(app.db(), after, with_movements, with_warehouses, scanned_max).await?;
    let from = match start {
        Start::After(position)
            if position.transaction < scan.floor || position.transaction > scan.horizon =>
        {
            return Err(FeedError::Expired);
        }
        Start::After(position) => position,
        Start::Beginning => Position::before(scan.floor),
        Start::Latest => Position::BEGINNING,
    };

    let scanned = scan.rows.len();
    let mut at_end = i64::try_from(scanned).is_ok_and(|scanned| scanned < scanned_max);
    let mut next = from;
    let mut wanted = Vec::new();
    let mut rows = scan.rows.into_iter();
    for row in rows.by_ref() {
        next = row.position;
        let is_seen = sees_purchasing || !is_purchasing(&row.r#type);
        let is_in_reach =
            own.as_deref().is_none_or(|own| is_in_reach(&row.r#type, row.warehouses.as_deref(), own));
        if includes(types, &row.r#type) && is_seen && is_in_reach {
            wanted.push(row);
        }
        if i64::try_from(wanted.len()).is_ok_and(|wanted| wanted >= limit) {
            break;
        }
    }
    at_end &= rows.len() == 0;
    let wanted_count = wanted.len();
    let items = complete(app, wanted).await?;
    if items.len() < wanted_count {
        // Movements with so many lines that no more fit.
        at_end = false;
        next = items.last().map_or(from, |last| last.position);
    }
    if at_end {
        next = next.max(scan.end);
    }
    Ok(EventPage { items, next_cursor: next.to_string(), at_end, next })
}

/// Whether whoever is being answered may see what is bought, and for how much.
pub(crate) fn sees_purchasing() -> bool {
    auth::current().is_some_and(|actor| actor.may(Permission::ReadPurchasing))
}

/// Whether an event is of one of these types; none means all.
pub(crate) fn includes(types: &[EventType], one: &str) -> bool {
    types.is_empty() || types.iter().any(|wanted| wanted.0 == one)
}

/// Events with their movements; those up to the first whose movement does not fit.
async fn complete(app: &App, rows: Vec<Scanned>) -> Result<Vec<EventView>, FeedError> {
    let is_movement = |row: &&Scanned| row.position.step == store::MOVEMENT_STEP;
    let ids: Vec<i64> = rows.iter().filter(is_movement).map(|row| row.position.id).collect();
    let movements = stock_movements::find_all(app.db(), &ids, app.base_currency()).await?;
    let mut by_id: HashMap<Option<i64>, StockMovementView> =
        movements.into_iter().map(|movement| (movement.id, movement)).collect();
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let (occurred_at, data) = match row.data {
            Some(data) => (row.recorded_at, RawValue::from_string(data)?),
            None => match by_id.remove(&Some(row.position.id)) {
                Some(movement) => (movement.occurred_at, to_raw_value(&movement)?),
                None => break,
            },
        };
        events.push(EventView {
            id: row.position.to_string(),
            r#type: row.r#type,
            actor: row.actor,
            occurred_at,
            recorded_at: row.recorded_at,
            data,
            position: row.position,
            warehouses: row.warehouses,
        });
    }
    Ok(events)
}
