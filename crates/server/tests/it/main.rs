//! The server's tests, in one binary. Modules mirror the URLs and features; `schema` is the database without a server.

mod architecture;
mod bad_input;
mod categories;
mod command_line;
mod faults;
mod ledger_oracle;
mod openapi;
mod plans;
mod products;
mod protocol;
mod races;
mod sample;
mod schema;
mod stock_adjustments;
mod stock_movements;
mod support;
mod warehouses;
