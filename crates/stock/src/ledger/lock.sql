-- Lock the totals of the products $1, in the order of products.
with locked as materialized (
    select product_id from product_stock where product_id = any($1) order by product_id
    