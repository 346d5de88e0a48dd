-- When the window of the last $1 days began, and a movement before which there is nothing of it. Ids rise with time but
-- for what was under way at once, so the place is found by bisection along the primary key, a day before the window.
with recursive search (low, high) as (
    select 0::bigint, coalesce((select id from stock_movements order by id desc limit 1), 0) + 1
    union all
    select case when found.early then found.id else s.low end,
           case when found.early then s.high else (s.low + s.high) / 2 end
    from search s
    left join lateral (
        select m.id, m.id < s.high and m.recorded_at < statement_timestamp() - make_interval(days => $1 + 1) as early
        from stock_movements m where m.id >= (s.low + s.high) / 2 order by m.id limit 1
    ) found on true
    where s.high - s.low > 1
)
select min(high) - 1 as before_id, statement_timestamp() - make_interval(days => $1) as since from search
