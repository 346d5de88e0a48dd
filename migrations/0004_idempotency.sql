-- One key, one effect: what a POST with this key did is written in the transaction of its effect.
set local lock_timeout = '2s';

create table idempotency_keys (
    key_hash     sha256_digest not null,
    caller       one_line not null,
    operation    text not null,
    request_hash sha256_digest not null,
    answer       json not null,
    created_at   timestamptz not null default now(),
    constraint idempotency_keys_pkey primary key (key_hash),
    constraint idempotency_keys_operation_is_plain check (operation ~ '^[a-z][a-z0-9_]{0,63}$')
);
comment on table idempotency_keys is 'what each Idempotency-Key did, for ever: a retry gets the first answer and changes nothing; only successes are here';
comment on column idempotency_keys.key_hash is 'SHA-256 of caller and key';
comment on column idempotency_keys.caller is 'whose key';
comment on column idempotency_keys.operation is 'operation of the API it was used for';
comment on column idempotency_keys.request_hash is 'SHA-256 of path and body: the same key with another request is refused';
comment on column idempotency_keys.answer is 'the first outcome, from which its answer is made again';
comment on column idempotency_keys.created_at is 'when it was first used';
