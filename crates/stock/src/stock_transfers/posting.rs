//! Posting what a transfer moves, through the ledger. Unit costs are left out: a transfer changes no value, and what a
//! location's stock has cost is not known to the ledger.

use domain::stock_transfer::{Goods, Want, share_out};
use domain::{Change, LocationId, MovementId, MovementKind, ProductId};
use platform::{Actor, Connection};

use super::model::StockTransferError;
use super::store::{Line, Locked, Part};
use crate::ledger::{self, Command, NewLine, PlaceRef, ProductRef, Work};
use crate::warehouses::WarehouseRef;

/// A step of a transfer, as its movement will say.
pub(super) struct Step<'a> {
    pub(super) operation: &'static str,
    pub(super) transfer: &'a Locked,
    pub(super) note: &'a str,
    pub(super) actor: &'a Actor,
}

/// Goods that go from one location to another, or nowhere.
pub(super) struct Move<'a> {
    pub(super) part: &'a Part,
    pub(super) from: LocationId,
    pub(super) to: Option<LocationId>,
}

impl Step<'_> {
    /// What each line takes from which level. Its products are locked from here on, so that just that can be posted.
    pub(super) async fn pick(
        &self,
        db: &mut Connection,
        lines: &[Line],
    ) -> Result<Vec<Part>, StockTransferError> {
        lock(db, lines.iter().map(|line| line.product_id)).await?;
        let from = &self.transfer.from;
        let place = match from.location_id {
            Some(location) => PlaceRef::Location(LocationId(location)),
            None => PlaceRef::Warehouse(WarehouseRef::Id(from.warehouse_id)),
        };
        let leaving = |line: &Line| NewLine {
            product: ProductRef::Id(ProductId(line.product_id)),
            place: place.clone(),
            lot: line.lot.clone(),
            change: Change::By(-line.quantity),
            expected_on_hand: None,
            unit_cost: None,
        };
        let command =
            self.command(MovementKind::TransferOut, None, lines.iter().map(leaving).collect(), "/lines");
        let taken = ledger::foresee(db, &command).await?.lines;
        let goods: Vec<Goods<'_>> = taken
            .iter()
            .map(|line| Goods { of: line.product_id.0, lot: &line.lot, quantity: -line.quantity })
            .collect();
        let wants: Vec<Want<'_>> = lines
            .iter()
            .map(|line| Want { of: line.product_id, lot: line.lot.as_deref(), quantity: line.quantity })
            .collect();
        // The ledger has taken just what the lines ask for.
        let shares = share_out(&goods, &wants).map_err(StockTransferError::MoreThanInTransit)?;
        let part = |share: domain::stock_transfer::Share| {
            let (line, level) = (&lines[share.want], &taken[share.goods]);
            Part {
                line: line.line,
                product: level.product_id,
                location: level.location_id,
                lot: level.lot.clone(),
                quantity: share.quantity,
            }
        };
        Ok(shares.into_iter().map(part).collect())
    }

    /// Post goods that move, as one movement.
    pub(super) async fn post(
        &self,
        db: &mut Connection,
        kind: MovementKind,
        moves: &[Move<'_>],
    ) -> Result<Option<MovementId>, StockTransferError> {
        let command = self.command(kind, None, lines(moves), "");
        Ok(ledger::apply_one(db, &command).await?.movement_id)
    }

    /// Post that goods in transit are lost.
    pub(super) async fn write_off(
        &self,
        db: &mut Connection,
        reason: &str,
        moves: &[Move<'_>],
    ) -> Result<Option<MovementId>, StockTransferError> {
        let command = self.command(MovementKind::Adjustment, Some(reason), lines(moves), "");
        Ok(ledger::write_off_transit(db, &command).await?.movement_id)
    }

    fn command(
        &self,
        kind: MovementKind,
        reason: Option<&str>,
        lines: Vec<NewLine>,
        lines_at: &'static str,
    ) -> Command {
        let event = ledger::Event {
            kind,
            reason: reason.map(str::to_owned),
            reference: Some(self.transfer.number.clone()),
            note: self.note.to_owned(),
            actor: self.actor.name().to_owned(),
            occurred_at: None,
        };
        let work = Work::Post { event, lines, lines_at, shorten_reservations: false };
        Command { operation: self.operation, key: None, work }
    }
}

/// Hold the products still, before the first of several movements.
pub(super) async fn lock(
    db: &mut Connection,
    products: impl Iterator<Item = i64>,
) -> Result<(), StockTransferError> {
    let mut products: Vec<ProductId> = products.map(ProductId).collect();
    products.sort_unstable();
    products.dedup();
    Ok(ledger::lock_products(db, &products).await?)
}

/// A minus and, where they go somewhere, a plus.
fn lines(moves: &[Move<'_>]) -> Vec<NewLine> {
    let line = |part: &Part, location: LocationId, quantity| NewLine {
        product: ProductRef::Id(part.product),
        place: PlaceRef::Location(location),
        lot: Some(part.lot.clone()),
        change: Change::By(quantity),
        expected_on_hand: None,
        unit_cost: None,
    };
    let both = |moved: &Move<'_>| {
        let part = moved.part;
        let plus = moved.to.map(|to| line(part, to, part.quantity));
        [Some(line(part, moved.from, -part.quantity)), plus]
    };
    moves.iter().flat_map(both).flatten().collect()
}
