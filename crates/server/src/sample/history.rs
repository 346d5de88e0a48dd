//! Six weeks of the sample shop: deliveries, orders, returns, breakage and counts.

use domain::{Amount, Change, MovementId, MovementKind, Quantity};
use jiff::civil::Date;
use platform::{ApiError, Connection};
use stock::WarehouseRef;
use stock::ledger::{self, Command, Event, LedgerError, NewLine, PlaceRef, ProductRef, Work};

use super::catalogue::{DAYS, Product, Shop, moment};
use super::purchasing::Orders;

/// Where the shop keeps its stock, with the share of the opening stock in percent.
const SHARES: [(&str, i32); 3] = [("MAIN", 60), ("SHOP", 25), ("SOUTH", 15)];

/// Play the history through the ledger; answers how many movements it made.
pub(super) async fn plant(db: &mut Connection, today: Date, shop: &Shop) -> Result<usize, ApiError> {
    let (dice, orders) = (Dice(0x5EED), Orders::default());
    let mut story = Story { db, today, dice, movements: 0, document: 1000, breakage: None, orders };
    story.open(shop).await?;
    for days_ago in (1..DAYS).rev() {
        story.day(shop, days_ago).await?;
    }
    story.cater(shop).await?;
    Ok(story.movements)
}

struct Story<'a> {
    db: &'a mut Connection,
    today: Date,
    dice: Dice,
    movements: usize,
    document: u32,
    breakage: Option<MovementId>,
    orders: Orders,
}

impl Story<'_> {
    /// The first delivery to each warehouse.
    async fn open(&mut self, shop: &Shop) -> Result<(), ApiError> {
        for (hour, (warehouse, percent)) in (9..).zip(SHARES) {
            let lines = shop.products.iter().filter_map(|product| {
                let share = share(product, percent)?;
                Some(NewLine { unit_cost: cost(product), ..line(product, warehouse, Change::By(share)) })
            });
            let lines = lines.collect();
            self.post(DAYS, hour, MovementKind::Receipt, "first delivery", "marek", lines).await?;
        }
        Ok(())
    }

    /// A working day. On Sundays the shop is closed.
    async fn day(&mut self, shop: &Shop, days_ago: i32) -> Result<(), ApiError> {
        let weekday = days_ago % 7;
        if weekday == 0 {
            return Ok(());
        }
        for hour in 10..12 + self.dice.roll(3) {
            let lines = self.order(shop, if hour % 3 == 0 { "SHOP" } else { "MAIN" });
            self.post(days_ago, hour, MovementKind::Issue, "sold", "web shop", lines).await?;
        }
        self.movements += self.orders.day(self.db, self.today, days_ago).await?;
        match weekday {
            1 => self.deliver(shop, days_ago).await,
            3 => self.take_back(shop, days_ago).await,
            4 => self.break_something(shop, days_ago).await,
            5 => self.count(shop, days_ago).await,
            _ => Ok(()),
        }
    }

    fn order(&mut self, shop: &Shop, warehouse: &str) -> Vec<NewLine> {
        let count = 1 + self.dice.roll(3);
        (0..count)
            .map(|_| {
                let product = self.dice.pick(&shop.products);
                let sold = if product.by_weight {
                    self.dice.weight()
                } else {
                    Quantity::whole(i32::from(1 + self.dice.roll(4)))
                };
                line(product, warehouse, Change::By(-sold))
            })
            .collect()
    }

    /// The weekly delivery brings a few products back up; some run low all the same.
    async fn deliver(&mut self, shop: &Shop, days_ago: i32) -> Result<(), ApiError> {
        let lines = (0..6).map(|_| {
            let product = self.dice.pick(&shop.products);
            NewLine { unit_cost: cost(product), ..line(product, "MAIN", Change::By(product.reorder_point)) }
        });
        let lines = lines.collect();
        self.post(days_ago, 15, MovementKind::Receipt, "weekly delivery", "marek", lines).await
    }

    /// On the last evening a caterer takes what leaves some products just at their reorder points: two of them are on order.
    async fn cater(&mut self, shop: &Shop) -> Result<(), ApiError> {
        let skus = ["KNI-18", "POT-20", "CAR-10", "TON-01"];
        let sellable: Vec<(i64, String, rust_decimal::Decimal)> = sqlx::query_as(
            "select l.product_id, w.code::text, sum(l.on_hand)::numeric
             from stock_levels l join warehouses w on w.id = l.warehouse_id join products p on p.id = l.product_id
             where p.sku = any($1) and l.kind = 'storage' and l.on_hand > 0
             group by l.product_id, w.code, w.priority order by l.product_id, w.priority",
        )
        .bind(&skus[..])
        .fetch_all(&mut *self.db)
        .await?;
        let mut lines = Vec::new();
        for product in shop.products.iter().filter(|product| skus.contains(&product.sku)) {
            let mut keep = rust_decimal::Decimal::from(product.reorder_point);
            // What is kept is kept where the stock is first looked for; the rest goes.
            for (_, warehouse, on_hand) in sellable.iter().filter(|(id, ..)| *id == product.id.0) {
                let kept = keep.min(*on_hand);
                keep -= kept;
                let sold = Quantity::try_from(kept - *on_hand).map_err(ApiError::internal)?;
                if sold.is_negative() {
                    lines.push(line(product, warehouse, Change::By(sold)));
                }
            }
        }
        self.post(1, 19, MovementKind::Issue, "sold to a caterer", "anna", lines).await
    }

    async fn take_back(&mut self, shop: &Shop, days_ago: i32) -> Result<(), ApiError> {
        let returned = line(self.dice.pick(&shop.products), "SHOP", Change::By(Quantity::whole(1)));
        self.post(days_ago, 16, MovementKind::ReturnIn, "returned unused", "anna", vec![returned]).await
    }

    /// Something breaks; once it turns out that it did not.
    async fn break_something(&mut self, shop: &Shop, days_ago: i32) -> Result<(), ApiError> {
        let broken = line(self.dice.pick(&shop.products), "MAIN", Change::By(Quantity::whole(-1)));
        self.post(days_ago, 16, MovementKind::Adjustment, "broken in storage", "marek", vec![broken]).await?;
        if let Some(movement) = self.breakage.take_if(|_| days_ago < 10) {
            let (reason, actor) = ("found intact behind the shelf".to_owned(), "anna".to_owned());
            self.apply(days_ago, 17, Work::Reverse { movement, dated_back: None, reason, actor }).await?;
        }
        Ok(())
    }

    /// Most of what is counted in the shop is right.
    async fn count(&mut self, shop: &Shop, days_ago: i32) -> Result<(), ApiError> {
        let product = self.dice.pick(&shop.products);
        let on_hand: Option<rust_decimal::Decimal> = sqlx::query_scalar(
            "select sum(on_hand)::numeric from stock_on_hand where sku = $1 and warehouse = 'SHOP'",
        )
        .bind(product.sku)
        .fetch_one(&mut *self.db)
        .await?;
        let on_hand = Quantity::try_from(on_hand.unwrap_or_default()).map_err(ApiError::internal)?;
        let missing = Quantity::whole(i32::from(self.dice.roll(2)));
        let counted = if on_hand > missing { on_hand.saturating_sub(missing) } else { on_hand };
        let lines = vec![line(product, "SHOP", Change::To(counted))];
        self.post(days_ago, 18, MovementKind::Count, "weekly count", "anna", lines).await
    }

    async fn post(
        &mut self,
        days_ago: i32,
        hour: i8,
        kind: MovementKind,
        reason: &str,
        actor: &str,
        lines: Vec<NewLine>,
    ) -> Result<(), ApiError> {
        let prefix = match kind {
            MovementKind::Receipt => Some("DN"),
            MovementKind::Issue | MovementKind::ReturnIn => Some("SO"),
            _ => None,
        };
        self.document += 1;
        let reference = prefix.map(|prefix| format!("{prefix}-{}", self.document));
        let event = Event {
            kind,
            reason: Some(reason.to_owned()),
            reference,
            note: String::new(),
            actor: actor.to_owned(),
            occurred_at: None,
        };
        let work = Work::Post { event, lines, lines_at: "/lines", shorten_reservations: false };
        let made = self.apply(days_ago, hour, work).await?;
        if kind == MovementKind::Adjustment {
            self.breakage = made;
        }
        Ok(())
    }

    /// Run a command as of its hour. What is out of stock was not sold.
    async fn apply(&mut self, days_ago: i32, hour: i8, work: Work) -> Result<Option<MovementId>, ApiError> {
        let at = moment(self.today, days_ago, hour, self.dice.roll(60))?;
        let command = Command { operation: "seed", key: None, work };
        match ledger::apply_one_at(self.db, at, &command).await {
            Ok(outcome) => {
                self.movements += 1;
                Ok(outcome.movement_id)
            }
            Err(LedgerError::Refused { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn line(product: &Product, warehouse: &str, change: Change) -> NewLine {
    let code = domain::Code::parse(warehouse).ok().map(WarehouseRef::Code);
    NewLine {
        product: ProductRef::Id(product.id),
        place: code.map_or(PlaceRef::DefaultWarehouse, PlaceRef::Warehouse),
        lot: None,
        change,
        expected_on_hand: None,
        unit_cost: None,
    }
}

/// A warehouse's part of the opening stock, in whole units.
fn share(product: &Product, percent: i32) -> Option<Quantity> {
    let stock: rust_decimal::Decimal = product.opening_stock.into();
    let share = (stock * rust_decimal::Decimal::from(percent) / rust_decimal::Decimal::ONE_HUNDRED).floor();
    Quantity::try_from(share).ok().filter(|share| share.is_positive())
}

/// The shop buys at 55 % of its price.
fn cost(product: &Product) -> Option<Amount> {
    let price: rust_decimal::Decimal = product.price.parse().ok()?;
    Amount::try_from((price * rust_decimal::Decimal::new(55, 2)).round_dp(2)).ok()
}

/// The same throws every time (SplitMix64, Steele et al. 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `sides` - 1.
    fn roll(&mut self, sides: u8) -> i8 {
        i8::try_from(self.next() % u64::from(sides)).unwrap_or(0)
    }

    fn pick<'p>(&mut self, products: &'p [Product]) -> &'p Product {
        let count = u64::try_from(products.len()).unwrap_or(1).max(1);
        &products[usize::try_from(self.next() % count).unwrap_or(0)]
    }

    /// 0.25 to 2 kilograms, in quarters.
    fn weight(&mut self) -> Quantity {
        let quarters = rust_decimal::Decimal::from(1 + self.roll(8));
        Quantity::try_from(quarters / rust_decimal::Decimal::from(4)).unwrap_or(Quantity::ZERO)
    }
}
