//! Who may do what: permissions, and the roles that have them. Plain data, so that it can be shown, tested and documented.

use std::fmt;
use std::ops::BitAnd;

use serde::Serialize;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! permissions {
    ($($name:ident = $text:literal $meaning:literal;)*) => {
        /// What one may be allowed to do. Its name is that of the scope of an API key.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Permission {
            $(#[doc = $meaning] #[serde(rename = $text)] $name,)*
        }

        impl Permission {
            /// All of them, in the order in which they are shown.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it allows, for people.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

permissions! {
    ReadProducts = "products.read" "read products, categories and prices";
    WriteProducts = "products.write" "add and change products, categories and prices";
    ReadStock = "stock.read" "read stock: levels, movements, reservations, transfers, warehouses, what runs low";
    MoveStock = "stock.move" "change stock: adjust, receive, issue, transfer, reverse";
    ReserveStock = "stock.reserve" "promise stock and take promises back";
    WriteWarehouses = "warehouses.write" "add and change warehouses and locations";
    WriteReorderPolicies = "reorder_policies.write" "set what is reordered when";
    ReadPurchasing = "purchasing.read" "read suppliers, purchase orders, receipts, and what things cost";
    WritePurchasing = "purchasing.write" "add and change suppliers and their costs, write purchase orders and send them";
    ApprovePurchasing = "purchasing.approve" "approve and reject purchase orders";
    ReceivePurchasing = "purchasing.receive" "receive goods, and return them to suppliers";
    ReadEvents = "events.read" "read the change feed: of purchasing, with `purchasing.read` only";
    VerifyLedger = "ledger.verify" "verify the ledger, and note its heads";
    ReadAuditLog = "audit_log.read" "read, export and verify the audit log: who did what, from where";
    ReadSettings = "settings.read" "read the settings";
    WriteSettings = "settings.write" "change the settings";
    ManageUsers = "users.manage" "add people, say what they may do, and keep them out";
    ReadMetrics = "metrics.read" "read the figures of the server";
}

// Not derived: of a name that a macro is given, the derive would take the variant instead.
impl PartialSchema for Permission {
    fn schema() -> RefOr<Schema> {
        let names = Self::ALL.iter().map(|permission| permission.as_str());
        let description = "What one may be allowed to do. Its name is that of the scope of an API key.";
        let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
        schema.description(Some(description)).into()
    }
}

impl ToSchema for Permission {}

impl Permission {
    /// The permission with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.as_str() == name)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    /// None at all.
    pub const NONE: Self = Self(0);

    /// Every one.
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// Whether this one is among them.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u64) != 0
    }

    /// One by one, in the order in which they are shown.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |set, permission| set | 1 << permission as u64))
    }
}

/// Those that are in both.
impl BitAnd for Permissions {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// What a person is to the shop. Each role but buyer can do what those before it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks: no costs, no changes.
    Viewer,
    /// Moves and reserves stock, receives goods.
    Operator,
    /// Buys: suppliers, purchase orders, replenishment.
    Buyer,
    /// Runs the shop: all but people and settings.
    Manager,
    /// Everything.
    Admin,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Viewer, Self::Operator, Self::Buyer, Self::Manager, Self::Admin];

    /// Its name, as in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Buyer => "buyer",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    /// The role with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// What it may do.
    pub fn permissions(self) -> Permissions {
        Permission::ALL.iter().copied().filter(|permission| self.has(*permission)).collect()
    }

    /// Whether it may do that. A new permission does not compile until somebody has decided who has it.
    fn has(self, permission: Permission) -> bool {
        use Permission as P;
        use Role::{Admin, Buyer, Manager, Operator};
        match permission {
            P::ReadProducts | P::ReadStock | P::ReadEvents | P::ReadSettings => true,
            P::ReadPurchasing => matches!(self, Operator | Buyer | Manager | Admin),
            P::MoveStock | P::ReserveStock | P::ReceivePurchasing => {
                matches!(self, Operator | Manager | Admin)
            }
            P::WritePurchasing | P::WriteReorderPolicies => matches!(self, Buyer | Manager | Admin),
            P::WriteProducts | P::WriteWarehouses | P::ApprovePurchasing | P::VerifyLedger => {
                matches!(self, Manager | Admin)
            }
            P::ReadAuditLog | P::WriteSettings | P::ManageUsers | P::ReadMetrics => self == Admin,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Permission, Permissions, Role};

    #[test]
    fn names_read_back() {
        for permission in Permission::ALL {
            assert_eq!(Permission::from_name(permission.as_str()), Some(*permission));
        }
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.as_str()), Some(role));
        }
        assert_eq!((Permission::from_name("products"), Role::from_name("Admin")), (None, None));
    }

    #[test]
    fn a_set_has_what_was_put_in() {
        for permission in Permission::ALL {
            let set: Permissions = [*permission].into_iter().collect();
            assert_eq!(set.iter().collect::<Vec<_>>(), [*permission]);
            assert_eq!(set & Permissions::all(), set);
        }
        assert_eq!(Permissions::NONE.iter().count(), 0);
        assert_eq!(Permissions::all().iter().count(), Permission::ALL.len());
    }

    /// Written out, so that nobody gets a permission unnoticed.
    #[test]
    fn roles_may_do_this_and_no_more() {
        let names =
            |role: Role| role.permissions().iter().map(Permission::as_str).collect::<Vec<_>>().join(" ");
        assert_eq!(names(Role::Viewer), "products.read stock.read events.read settings.read");
        assert_eq!(
            names(Role::Operator),
            "products.read stock.read stock.move stock.reserve purchasing.read purchasing.receive events.read settings.read"
        );
        assert_eq!(
            names(Role::Buyer),
            "products.read stock.read reorder_policies.write purchasing.read purchasing.write events.read settings.read"
        );
        let beyond = |more: Role, less: Role| {
            let more =
                more.permissions().iter().filter(|permission| !less.permissions().contains(*permission));
            more.map(Permission::as_str).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            beyond(Role::Admin, Role::Manager),
            "audit_log.read settings.write users.manage metrics.read"
        );
        assert_eq!(beyond(Role::Manager, Role::Admin), "");
        assert_eq!(Role::Admin.permissions(), Permissions::all());
    }
}
