//! The server's tests, in one binary. Modules mirror the URLs and features; `schema` is the database without a server.

mod architecture;
mod bad_input;
mod categories;
mod command_line;
mod faults;
mod goods_receipts;
mod ledger_oracle;
mod low_stock;
mod openapi;
mod plans;
mod prices;
mod products;
mod protocol;
mod purchase_orders;
mod races;
mod sample;
mod schema;
mod stock_adjustments;
mod stock_movements;
mod suppliers;
mod support;
mod warehouses;
