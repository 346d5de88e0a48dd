//! Keys, and the kinds of places.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id_type!(
    /// Key of a product.
    ProductId
);
id_type!(
    /// Key of a warehouse.
    WarehouseId
);
id_type!(
    /// Key of a location.
    LocationId
);
id_type!(
    /// Key of a stock movement.
    MovementId
);
id_type!(
    /// Key of a reservation.
    ReservationId
);

/// Where a line of a movement happens: at one location, or anywhere fitting in a warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Just there.
    Location(LocationId),
    /// A gain goes to the default location; a loss is taken from storage locations, default first.
    Warehouse(WarehouseId),
    /// Storage locations of all warehouses, in the order of their priority. For reservations.
    Anywhere,
}

/// What a location is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LocationKind {
    /// Sellable stock.
    Storage,
    /// Just arrived, not yet put away.
    Receiving,
    /// Not to be sold: quarantine, damaged.
    Hold,
    /// Between two warehouses.
    Transit,
}

impl LocationKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Storage, Self::Receiving, Self::Hold, Self::Transit];

    /// Its name in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Storage => "storage",
            Self::Receiving => "receiving",
            Self::Hold => "hold",
            Self::Transit => "transit",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}
