-- Settings: what the people of a shop decide, as against what whoever runs the server does (docs/src/configuration.md).
-- One row, there from the beginning, read by the transactions that go by it.
-- Expand step: a new table that the previous release does not know.
set local lock_timeout = '2s';

create table settings (
    only_row                boolean not null default true,
    purchase_approval_above money_amount,
    over_receipt_percent    numeric not null default 0,
    backdate_limit_days     integer not null default 31,
    books_closed_until      timestamptz,
    event_retention_days    integer not null default 365,
    version                 bigint not null default 1,
    updated_at              timestamptz not null default now(),
    constraint settings_pkey primary key (only_row),
    constraint settings_have_one_row check (only_row),
    constraint settings_over_receipt_percent_in_range check (over_receipt_percent between 0 and 100),
    constraint settings_over_receipt_percent_has_two_decimals check (over_receipt_percent = round(over_receipt_percent, 2)),
    constraint settings_backdate_limit_days_in_range check (backdate_limit_days between 0 and 3650),
    constraint settings_books_closed_until_is_finite check (isfinite(books_closed_until)),
    constraint settings_event_retention_days_in_range check (event_retention_days between 1 and 36500),
    constraint settings_version_is_positive check (version > 0)
);
comment on table settings is 'what the people of the shop decide: one row';
comment on column settings.only_row is 'true; there is no second row';
comment on column settings.purchase_approval_above is 'purchase orders above this total, in the base currency, need approval; null: every order';
comment on column settings.over_receipt_percent is 'how much more than ordered may come, in percent of the quantity of a line';
comment on column settings.backdate_limit_days is 'how many days back a movement may be dated';
comment on column settings.books_closed_until is 'no movement may be dated before this; null: the books are open';
comment on column settings.event_retention_days is 'how many days change events are kept';
comment on column settings.version is 'counts the changes of this row; its ETag';
comment on column settings.updated_at is 'when it was last changed';

insert into settings default values;

create function settings_refuse_removal() returns trigger language plpgsql as $$
begin
    raise exception 'the row of settings stays'
        using errcode = 'insufficient_privilege', hint = 'Change it: PATCH /settings, or update settings set …';
end $$;
comment on function settings_refuse_removal is 'there is always one row of settings';
create trigger settings_keep_row before delete or truncate on settings
    for each statement execute function settings_refuse_removal();
